// Single keys, never while typing. Which key does what stands in the help sheet alone.
import { chooseMode } from "./composer.js";
import { rememberHere } from "./remember.js";
import { show } from "./toasts.js";

const $ = (selector) => document.querySelector(selector);

function move(step) {
  const rows = [...document.querySelectorAll(".case")];
  const focused = rows.indexOf(document.activeElement);
  const current = rows.findIndex((row) => row.getAttribute("aria-current") === "true");
  const from = focused >= 0 ? focused : current;
  rows[Math.min(Math.max(from + step, 0), rows.length - 1)]?.focus();
}

// A key may be quicker than htmx, which takes up what has just arrived only once it has settled.
function press(name) {
  const deed = $(`[data-deed="${name}"]`);
  if (!deed) return false;
  window.htmx.process(deed.closest("form") ?? deed);
  deed.click();
  return true;
}

// A promise of an answer has no such button; who presses the key is told what keeps it.
function keep() {
  if (!press("kept") && $("#conv h1")) show($("#pinned [data-mode-to=reply]") ? "kept-by-answer" : "nothing-to-keep");
}

const deeds = {
  help: () => $("#help")?.showModal(),
  search: () => $(".top .search input")?.focus(),
  next: () => move(1),
  previous: () => move(-1),
  reply: () => chooseMode("reply"),
  note: () => chooseMode("note"),
  call: () => chooseMode("call"),
  assign: () => press("assign"),
  take: () => press("take"),
  edit: () => press("edit"),
  remember: rememberHere,
  promise: () => press("promise"),
  kept: keep,
  undo: () => [...document.querySelectorAll("#toasts [data-undo]")].at(-1)?.click(),
};

export function start() {
  const rows = document.querySelectorAll("#help [data-press]");
  const keys = new Map([...rows].map((row) => [row.dataset.press, row.dataset]));
  if (!keys.size) return; // switched off
  document.addEventListener("keydown", (event) => {
    if (event.metaKey || event.ctrlKey || event.altKey || event.isComposing) return;
    if (event.target.closest("input, textarea, select, dialog, [contenteditable]")) return;
    const key = keys.get(event.key);
    if (!key || ("shift" in key && !event.shiftKey)) return;
    event.preventDefault();
    deeds[key.does]();
  });
}
