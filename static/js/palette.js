// Ctrl-K (⌘-K on a Mac): what this page can do, and every case, customer and room to go to.
import { fetchOptions, narrow, open, settle, startChooser, takeEarly } from "./chooser.js";

const $ = (selector, within = document) => within.querySelector(selector);
const PAUSE_MS = 150;
const DEEDS = "#composer .tabs a, #conv-head .push form button, #conv-head .push a, #pinned .acts button, #pinned .acts a";
const isMac = /Mac|iP(hone|ad)/.test(navigator.platform);
let asked = 0;
let timer = null;

const nameOf = (one) => (one.dataset.command ?? one.getAttribute("aria-label") ?? one.textContent).trim().replace(/\s+/g, " ");

// A narrow and a wide page each have buttons that the other one has no use for.
const SOMETIMES = ".only-s, .only-m, .hide-s";

function deedsHere() {
  const isShown = (one) => {
    const box = one.closest(SOMETIMES);
    return !box || getComputedStyle(box).display !== "none";
  };
  return [...document.querySelectorAll(DEEDS)].filter(isShown);
}

function iconOf(one) {
  const icon = $("svg", one)?.cloneNode(true);
  const use = icon && one.dataset.commandIcon && $("use", icon);
  if (use) use.setAttribute("href", use.getAttribute("href").replace(/#.*/, `#i-${one.dataset.commandIcon}`));
  return icon;
}

// The page shows each person exactly what they may do, so it is the list of deeds.
function deedsOfPage(dialog) {
  const names = new Set();
  const group = document.createElement("div");
  group.setAttribute("role", "group");
  group.setAttribute("aria-label", dialog.dataset.deeds);
  group.dataset.here = "";
  const heading = document.createElement("div");
  heading.className = "eyebrow";
  heading.setAttribute("aria-hidden", "true");
  heading.textContent = dialog.dataset.deeds;
  group.append(heading);
  for (const one of deedsHere()) {
    const name = nameOf(one);
    if (!name || names.has(name)) continue;
    names.add(name);
    const option = document.createElement("div");
    option.className = "option";
    option.id = `palette-here-${names.size}`;
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", "false");
    option.dataset.words = name;
    const icon = iconOf(one);
    if (icon) option.append(icon);
    option.append(name);
    group.append(option);
  }
  return group;
}

async function ask(dialog, typed) {
  const mine = ++asked;
  const found = await fetchOptions(`${dialog.dataset.url}?${new URLSearchParams({ q: typed })}`);
  if (mine !== asked || found === null) return;
  const list = $("[role=listbox]", dialog);
  const here = $("[data-here]", list);
  const holder = document.createElement("template");
  holder.innerHTML = found;
  narrow(dialog, typed, here);
  list.replaceChildren(here, holder.content);
  settle(dialog);
  takeEarly(dialog);
}

function type(dialog, typed) {
  const list = $("[role=listbox]", dialog);
  const here = $("[data-here]", list);
  asked++; // what is still on its way was found for other words, and so was what stands there
  list.replaceChildren(here);
  narrow(dialog, typed, here);
  settle(dialog);
  $("[data-none]", dialog).hidden = true;
  clearTimeout(timer);
  timer = setTimeout(() => ask(dialog, typed), PAUSE_MS);
}

function choose(option, event) {
  // found anew: the page may have been brought up to date since
  const named = (one) => nameOf(one) === option.dataset.words;
  if (option.dataset.words) deedsHere().find(named)?.click();
  else if (event.ctrlKey || event.metaKey) window.open(option.dataset.url, "_blank", "noopener");
  else location.assign(option.dataset.url);
}

function show(dialog) {
  if ($("dialog[open]")) return;
  open(dialog);
  $("[role=listbox]", dialog).replaceChildren(deedsOfPage(dialog));
  settle(dialog);
  $("[data-none]", dialog).hidden = true;
  ask(dialog, "");
}

export function start() {
  const dialog = $("#palette");
  if (!dialog) return;
  startChooser(dialog, { type: (typed) => type(dialog, typed.trim()), choose });
  document.addEventListener("keydown", (event) => {
    const chord = isMac ? event.metaKey && !event.ctrlKey : event.ctrlKey && !event.metaKey;
    if (!chord || event.key.toLowerCase() !== "k" || event.shiftKey || event.altKey || event.isComposing) return;
    event.preventDefault();
    show(dialog);
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-act=palette]");
    if (!button || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    show(dialog);
  });
}
