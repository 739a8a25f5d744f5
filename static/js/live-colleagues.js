// Who else looks at the open case: this page says so of itself, and shows what the others say.
import { token } from "./csrf.js";

const SIGN_MS = 20000;
const TYPING_MS = 8000;

let url = null; // of the case that this page last spoke of
let told = null; // the element that shows the answer
let typed = 0;
let wasTyping = false;

const box = () => document.getElementById("colleagues");
const isTyping = () => Date.now() - typed < TYPING_MS;

function post(address, doing) {
  const headers = { "X-CSRFToken": token(), "HX-Request": "true" };
  return fetch(address, { method: "POST", headers, body: new URLSearchParams({ doing }), keepalive: doing === "gone" });
}

async function sign() {
  const here = box();
  const now = here?.dataset.liveUrl || null;
  if (url && url !== now) post(url, "gone").catch(() => {});
  url = now;
  told = here;
  if (!here || document.hidden) return;
  wasTyping = isTyping();
  try {
    const answer = await post(now, wasTyping ? "typing" : "viewing");
    if (!answer.ok || answer.headers.has("HX-Redirect")) return;
    show(here, await answer.text());
  } catch { /* without a network nobody is told, and nothing is lost */ }
}

function show(here, html) {
  const came = document.createElement("template");
  came.innerHTML = html;
  const fresh = came.content.getElementById("colleagues");
  if (!fresh || fresh.innerHTML === here.innerHTML) return;
  here.replaceChildren(...fresh.children);
}

export function start() {
  sign();
  setInterval(sign, SIGN_MS);
  setInterval(() => { if (wasTyping && !isTyping()) sign(); }, 1000);
  document.addEventListener("input", (event) => {
    if (!event.target.closest("#composer")) return;
    typed = Date.now();
    if (!wasTyping) sign();
  });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) sign(); });
  document.body.addEventListener("htmx:afterSettle", () => {
    if (box() !== told) sign();
  });
  addEventListener("pagehide", () => { if (url) post(url, "gone").catch(() => {}); });
}
