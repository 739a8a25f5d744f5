// Parts of the page that follow the server. An element names what it shows and where it is
// fetched from: data-live="case:12 queue" data-live-url="…"; data-live-merge tells how it takes
// what comes: "rows" and "story" keep what stands there, "inner" changes its children.
import { markCurrent } from "./panes.js";

const JITTER_MS = 500; // many agents hear of one change
const GAP_MS = 1500; // between two fetches of one part
const WAIT_MS = 1000;
const REST_MS = 120000; // spans of time in lists grow old

const $ = (id) => document.getElementById(id);
const served = new WeakMap(); // element -> its markup as it came
const states = new Map(); // id -> { timer, due, at, busy, again, dirty }

const plain = (element) => element.outerHTML
  .replace(/name="csrfmiddlewaretoken" value="[^"]*"/g, "")
  .replace(/ (class=""|aria-current="true")/g, "");
const markup = (element) => {
  if (!served.has(element)) served.set(element, plain(element));
  return served.get(element);
};
// What has asked the server for something is to be there still when the answer comes.
const BUSY = "details[open], input:checked, .htmx-request";
const isBusy = (element) => element.contains(document.activeElement) || element.querySelector(BUSY);

function remember() {
  for (const part of document.querySelectorAll("[data-live-merge]")) for (const child of part.children) markup(child);
}

// ── taking what came ──

function arrange(box, wanted, held) {
  let at = box.firstElementChild;
  for (const node of wanted) {
    if (held.has(node)) {
      while (at && at !== node) {
        const next = at.nextElementSibling;
        at.remove();
        at = next;
      }
    }
    if (node === at) at = at.nextElementSibling;
    else box.insertBefore(node, at);
  }
  while (at) {
    const next = at.nextElementSibling;
    at.remove();
    at = next;
  }
}

function refill(old, fresh) {
  if (markup(old) === markup(fresh)) return;
  for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name)) old.removeAttribute(name);
  for (const { name, value } of [...fresh.attributes]) old.setAttribute(name, value);
  served.set(old, markup(fresh));
  old.replaceChildren(...fresh.childNodes);
}

// A row moves only when nobody points at it, it has no focus and opens nothing just now (htmx finds
// the other parts of an answer only from a row that still stands); the others flow around it.
const HELD = ":hover, :focus-within, .htmx-request";

function mergeRows(box, fresh) {
  const key = (node) => node.matches(".case") ? node.getAttribute("href").split("?")[0] : null;
  const before = [...box.children];
  const rows = new Map(before.filter(key).map((row) => [key(row), row]));
  const wanted = fresh.map((node) => {
    const old = key(node) && rows.get(key(node));
    if (old) refill(old, node);
    return old || node;
  });
  // Further pages that were fetched stay where they are.
  const more = wanted.findIndex((node) => node.matches(".more"));
  const lastKnown = before.findLastIndex((node) => wanted.includes(node));
  const beyond = before.slice(lastKnown + 1).filter((node) => !wanted.includes(node));
  if (more > 0 && rows.size >= fresh.filter(key).length && beyond.some(key)) wanted.splice(more, 1, ...beyond);
  const held = new Set(before.filter((row) => key(row) && row.matches(HELD)));
  let waits = false;
  for (const row of held) {
    const now = wanted.indexOf(row);
    const place = Math.min(before.indexOf(row), wanted.length);
    if (now === place) continue;
    waits = true;
    if (now >= 0) wanted.splice(now, 1);
    wanted.splice(place, 0, row);
  }
  arrange(box, wanted, held);
  if (waits) box.dataset.waits = "1";
  else delete box.dataset.waits;
  markCurrent();
}

// What was said stays as it stands (opened originals, earlier pages); what is new is added.
function mergeStory(box, fresh) {
  const key = (node) => (node.matches(".ix") && node.id) || markup(node);
  const old = new Map([...box.children].map((node) => [key(node), node]));
  const first = fresh.findIndex((node) => !node.matches(".more, .day") && old.has(key(node)));
  if (first < 0) {
    box.replaceChildren(...fresh);
    return;
  }
  const same = (node) => {
    const there = old.get(key(node));
    return there && markup(there) === markup(node) ? there : node;
  };
  const before = [...box.children];
  const kept = before.slice(0, before.indexOf(old.get(key(fresh[first]))));
  arrange(box, [...kept, ...fresh.slice(first).map(same)], new Set());
}

function mergeInner(box, fresh) {
  const same = box.children.length === fresh.length && fresh.every((node, n) => markup(node) === markup(box.children[n]));
  if (!same) box.replaceChildren(...fresh);
}

const merges = { rows: mergeRows, story: mergeStory, inner: mergeInner };

function replace(fresh) {
  const old = $(fresh.id);
  if (!old || markup(old) === markup(fresh)) return;
  if (isBusy(old)) {
    setTimeout(() => replace(fresh), WAIT_MS);
    return;
  }
  if (fresh.dataset.liveMerge) merges[fresh.dataset.liveMerge](old, [...fresh.children]);
  else old.replaceWith(fresh);
  window.htmx.process($(fresh.id));
}

function take(part, html) {
  const came = document.createElement("template");
  came.innerHTML = html;
  const whole = [];
  for (const other of came.content.querySelectorAll("[hx-swap-oob]")) {
    other.removeAttribute("hx-swap-oob");
    other.remove();
    whole.push(other);
  }
  const own = came.content.getElementById(part.id);
  if (own) whole.push(own);
  else {
    merges[part.dataset.liveMerge]?.(part, [...came.content.children]);
    window.htmx.process(part);
  }
  whole.forEach(replace);
  remember();
}

// ── fetching ──

async function fetchPart(part) {
  const url = part.dataset.liveUrl;
  // What the person is to be told next stays for the answer to what they do themselves.
  const headers = { "Portal-Live": "1", "HX-Request": "true", "HX-Target": part.id, "HX-Current-URL": location.href };
  const answer = await fetch(url, { headers }).catch(() => null);
  // An end of the session, or of the right to see this, shows with the person's own next step.
  if (!answer?.ok || answer.headers.has("HX-Redirect")) return;
  const html = await answer.text().catch(() => "");
  if (html && part.isConnected && part.dataset.liveUrl === url) take(part, html);
}

async function refresh(id) {
  const state = states.get(id);
  const part = $(id);
  state.timer = null;
  if (!part?.dataset.liveUrl) return;
  if (document.hidden) {
    state.dirty = true;
    return;
  }
  if (state.busy) {
    state.again = true;
    return;
  }
  state.busy = true;
  state.at = Date.now();
  try {
    await fetchPart(part);
  } finally {
    state.busy = false;
  }
  if (state.again) {
    state.again = false;
    plan(id, 0);
  }
}

function plan(id, delay) {
  if (!states.has(id)) states.set(id, { timer: null, due: 0, at: 0 });
  const state = states.get(id);
  const due = Math.max(Date.now() + delay, state.at + GAP_MS);
  if (state.timer && state.due <= due) return;
  clearTimeout(state.timer);
  state.due = due;
  state.timer = setTimeout(() => refresh(id), due - Date.now());
}

// What the person did themselves shows at once.
function now(id) {
  if (states.has(id)) states.get(id).at = 0;
  plan(id, 0);
}

// Another part of the page has found that what this one shows is out of date.
export function askAgain(id) {
  if ($(id)) now(id);
}

// "case:12" is meant for this page alone; "case" for everybody who has such a list.
function delayOf(part, events) {
  const shown = part.dataset.live.split(" ");
  let delay = null;
  for (const event of events) {
    const [topic, id] = event.split(" ");
    if (shown.includes(`${topic}:${id}`)) return 0;
    if (event === "reset" || shown.includes(topic)) delay = Math.random() * JITTER_MS;
  }
  return delay;
}

export function changed(events) {
  for (const part of document.querySelectorAll("[data-live]")) {
    if (part.dataset.liveWithout && $(part.dataset.liveWithout)) continue;
    const delay = delayOf(part, events);
    if (delay !== null) plan(part.id, delay);
  }
}

export function start() {
  remember();
  document.body.addEventListener("htmx:afterSettle", () => {
    remember();
    for (const box of document.querySelectorAll("[data-waits]")) plan(box.id, 200);
  });
  document.body.addEventListener("case-changed", () => { if ($("rows")) now("rows"); });
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return;
    for (const [id, state] of states) {
      if (state.dirty) plan(id, 0);
      state.dirty = false;
    }
  });
  for (const name of ["mouseout", "focusout"]) {
    document.addEventListener(name, (event) => {
      const box = event.target.closest?.("[data-waits]");
      if (box) plan(box.id, 200);
    });
  }
  setInterval(() => {
    const clocks = [...document.querySelectorAll("[data-due]")].map((clock) => clock.closest("[data-asks]")?.dataset.asks);
    for (const id of new Set(["rows", ...clocks])) if (id && $(id)) plan(id, Math.random() * JITTER_MS);
  }, REST_MS);
}
