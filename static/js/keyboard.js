// Single keys, never while typing.
import { chooseMode } from "./composer.js";

const $ = (selector) => document.querySelector(selector);

function move(step) {
  const rows = [...document.querySelectorAll(".case")];
  const focused = rows.indexOf(document.activeElement);
  const current = rows.findIndex((row) => row.getAttribute("aria-current") === "true");
  const from = focused >= 0 ? focused : current;
  rows[Math.min(Math.max(from + step, 0), rows.length - 1)]?.focus();
}

function press(key) {
  $(`[data-key="${key}"]`)?.click();
}

const keys = {
  "?": () => $("#help")?.showModal(),
  "/": () => $(".top .search input")?.focus(),
  j: () => move(1),
  k: () => move(-1),
  r: () => chooseMode("reply"),
  n: () => chooseMode("note"),
  c: () => chooseMode("call"),
  a: () => press("a"),
  z: () => [...document.querySelectorAll("#toasts [data-undo]")].at(-1)?.click(),
};

export function start() {
  if (document.body.dataset.keys === "off") return;
  document.addEventListener("keydown", (event) => {
    if (event.metaKey || event.ctrlKey || event.altKey || event.isComposing) return;
    if (event.target.closest("input, textarea, select, dialog, [contenteditable]")) return;
    const act = keys[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
}
