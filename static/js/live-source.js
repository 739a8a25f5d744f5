// Where events come from. One tab of a browser leads: it holds the stream and tells the others.
// ``tell`` hears of events in every tab, ``lead`` in the one that leads; a tab that ``stays`` goes on
// leading while nobody looks. A stream that is blocked or breaks is replaced by polling until it opens again.
const HELLO_MS = 5000; // longer without a word, and something on the way holds the stream back
const SILENCE_MS = 40000; // the server says something every 15 s
const POLL_MS = 10000;
const FIRST_PAUSE_MS = 2000;
const LONGEST_PAUSE_MS = 60000;
const HIDDEN_MS = 300000; // nobody has looked at this tab for so long
const RECENT_MS = 10000;

let last = null; // where in the events this browser is: a text that only the server reads
let recent = [];
let over = false; // logged out: whatever the person does next leads to the log-in
let giveUp = null;
let channel = null;
let where = null;

const sleep = (ms, signal) => new Promise((done) => {
  const end = () => {
    clearTimeout(timer);
    signal.removeEventListener("abort", end);
    done();
  };
  const timer = setTimeout(end, ms);
  signal.addEventListener("abort", end);
});

function pass(events) {
  const now = Date.now();
  recent = [...recent.filter((one) => now - one.at < RECENT_MS), ...events.map((event) => ({ event, at: now }))];
  channel.postMessage({ last, events });
  where.tell(events);
  where.lead(events);
}

function read(block) {
  for (const line of block.split("\n")) {
    if (line.startsWith("id: ")) last = line.slice(4);
    if (!line.startsWith("data: ")) continue;
    const event = line.slice(6);
    if (event === "end") over = true;
    else if (event !== "hello") pass([event]);
  }
}

// Returns whether the stream has worked at all; throws when it could not be opened.
async function stream(signal) {
  const request = new AbortController();
  const stop = () => request.abort();
  signal.addEventListener("abort", stop, { once: true });
  let watchdog = setTimeout(stop, HELLO_MS);
  try {
    const answer = await fetch(last === null ? where.stream : `${where.stream}?after=${encodeURIComponent(last)}`, { signal: request.signal });
    over ||= answer.status === 401;
    if (answer.status !== 200) return false;
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    for (let worked = false; ; worked = true) {
      const { value, done } = await reader.read();
      if (done || over) return worked;
      clearTimeout(watchdog);
      watchdog = setTimeout(stop, SILENCE_MS);
      const blocks = (text + value).split("\n\n");
      text = blocks.pop();
      blocks.forEach(read);
    }
  } finally {
    clearTimeout(watchdog);
    signal.removeEventListener("abort", stop);
    request.abort();
  }
}

async function poll(signal) {
  const answer = await fetch(last === null ? where.poll : `${where.poll}?after=${encodeURIComponent(last)}`, { signal });
  over ||= answer.status === 401;
  if (!answer.ok) return;
  const told = await answer.json();
  last = told.last;
  if (told.events.length) pass(told.events);
}

async function pollFor(ms, signal) {
  for (const until = Date.now() + ms; !signal.aborted && !over;) {
    await poll(signal).catch(() => {});
    const left = until - Date.now();
    if (left <= 0) return;
    await sleep(Math.min(POLL_MS, left), signal);
  }
}

async function lead(signal) {
  let pause = FIRST_PAUSE_MS;
  while (!signal.aborted && !over) {
    const worked = await stream(signal).catch(() => false);
    pause = worked ? FIRST_PAUSE_MS : Math.min(pause * 2, LONGEST_PAUSE_MS);
    await pollFor(pause * (0.75 + Math.random() / 2), signal);
  }
}

function compete() {
  if (giveUp || over) return;
  giveUp = new AbortController();
  const { signal } = giveUp;
  // Without locks (an address that is not secure) every tab leads itself.
  if (navigator.locks) navigator.locks.request(`live ${where.user}`, { signal }, () => lead(signal)).catch(() => {});
  else lead(signal);
}

function retire() {
  giveUp?.abort();
  giveUp = null;
}

function hear({ data }) {
  if (data.join) {
    const events = recent.filter((one) => Date.now() - one.at < RECENT_MS).map((one) => one.event);
    if (events.length) channel.postMessage({ last, events });
    return;
  }
  last = data.last;
  where.tell(data.events);
}

export function listen(source) {
  where = source;
  channel = new BroadcastChannel(`live ${where.user}`);
  channel.addEventListener("message", hear);
  channel.postMessage({ join: true });
  let timer = null;
  document.addEventListener("visibilitychange", () => {
    clearTimeout(timer);
    if (document.hidden) timer = setTimeout(() => { if (!where.stays()) retire(); }, HIDDEN_MS);
    else if (!giveUp) {
      where.tell(["reset"]);
      compete();
    }
  });
  compete();
}
