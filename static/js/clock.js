// Promises count down. Which state one is in, and what is said of it, is the server's to decide:
// when the next state begins, the part of the page that shows it is asked for again.
import { askAgain } from "./live-parts.js";

const SOON = 1800; // seconds: when minutes begin to matter
const FIVE = 300;
const GRACE_MS = 400; // the server's clock has to have passed the moment, too
const HOUR = 3600;
const SAID_MAX = 60;

let ahead = 0; // how far the server's clock is ahead of this browser's, in milliseconds

const leftOf = (element) => (Number(element.dataset.due) - (Date.now() + ahead)) / 1000;

// 5:48, and −4:12 once the time is over; nothing for an hour and more.
function words(left) {
  const seconds = Math.floor(Math.abs(left));
  if (seconds >= HOUR) return "";
  const text = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  return left < 0 ? `−${text}` : text;
}

function draw(element, left) {
  if ("ticks" in element.dataset) {
    const late = element.dataset.state === "late";
    const text = late || left >= 0 ? words(left) : "";
    if (text && element.textContent !== text) element.textContent = text;
  } else if (element.dataset.span) {
    const gone = 100 - (100 * left) / Number(element.dataset.span);
    element.querySelector("circle:last-of-type")?.setAttribute("stroke-dashoffset", Math.round(Math.min(100, Math.max(0, gone))));
  }
}

// The moment at which what the element shows becomes wrong, in seconds before it is due.
function threshold(state) {
  return state === "calm" ? SOON : state === "soon" ? 0 : null;
}

function ask(element, left) {
  const limit = threshold(element.dataset.state);
  if (limit === null || left > limit - GRACE_MS / 1000) return;
  const part = element.closest("[data-asks]")?.dataset.asks;
  const asked = `${element.dataset.due} ${element.dataset.state}`;
  if (!part || element.dataset.asked === asked) return;
  element.dataset.asked = asked; // once for what stands here; what comes instead stands in its place
  askAgain(part);
}

// ── said once, politely ──

function isNew(what) {
  let said = [];
  try {
    said = JSON.parse(sessionStorage.getItem("clock said") || "[]");
    if (said.includes(what)) return false;
    sessionStorage.setItem("clock said", JSON.stringify([...said, what].slice(-SAID_MAX)));
  } catch { return false; } // a browser that keeps nothing would say it each second
  return true;
}

function say(box, chip) {
  const ring = chip.querySelector(".ring[data-due]");
  if (!ring) return;
  const left = leftOf(ring);
  const what = left <= 0 ? "late" : left <= FIVE ? "five" : "";
  if (!what || (what === "five" && left < FIVE - 60)) return; // too late to say how much is left
  if (!isNew(`${chip.dataset.says} ${ring.dataset.due} ${what}`)) return;
  box.textContent = `${box.dataset[what]}: ${chip.dataset.say}`;
}

function tick(box) {
  if (document.hidden) return;
  for (const element of document.querySelectorAll("[data-due]")) {
    const left = leftOf(element);
    draw(element, left);
    ask(element, left);
  }
  for (const chip of document.querySelectorAll("[data-says]")) say(box, chip);
}

export function start() {
  const box = document.getElementById("clock-said");
  if (!box) return;
  const came = performance.getEntriesByType("navigation")[0]?.responseStart ?? performance.now();
  ahead = Number(box.dataset.now) - (performance.timeOrigin + came);
  const run = () => tick(box);
  run();
  setInterval(run, 1000);
  document.addEventListener("visibilitychange", run);
}
