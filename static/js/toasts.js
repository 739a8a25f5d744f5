// Toasts leave after six seconds, with an undo after ten, not while somebody reads or points at them. Faults get one, too.
const SHOWN = 6000;
const UNDO = 9500;

function leave(toast) {
  if (toast.dataset.timed) return;
  toast.dataset.timed = "1";
  const undo = toast.querySelector("[data-undo]");
  let timer = setTimeout(() => toast.remove(), undo ? UNDO : SHOWN);
  for (const pause of ["mouseenter", "focusin"]) toast.addEventListener(pause, () => clearTimeout(timer));
  for (const go of ["mouseleave", "focusout"]) toast.addEventListener(go, () => { timer = setTimeout(() => toast.remove(), SHOWN); });
}

function leaveAll() {
  for (const toast of document.querySelectorAll("[data-toast]")) leave(toast);
}

// What is pressed next is often the composer's button: toasts stand above the composer, not on it.
const WIDEST = 440;
const sizes = new ResizeObserver(standAbove);

function standAbove() {
  const composer = document.querySelector("#conv .composer")?.getBoundingClientRect();
  const under = composer?.height && composer.right > window.innerWidth - WIDEST;
  document.documentElement.style.setProperty("--floor", `${under ? window.innerHeight - composer.top : 0}px`);
}

function watchComposer() {
  sizes.disconnect();
  const composer = document.querySelector("#conv .composer");
  if (composer) sizes.observe(composer);
  else standAbove();
}

export function add(toast) {
  document.getElementById("toasts").append(toast);
  window.htmx.process(toast);
  leave(toast);
}

export function show(id) {
  const template = document.getElementById(id);
  const toast = template?.content.firstElementChild.cloneNode(true);
  if (toast) add(toast);
}

export function start() {
  leaveAll();
  watchComposer();
  for (const heard of [leaveAll, watchComposer]) document.body.addEventListener("htmx:afterSettle", heard);
  window.addEventListener("resize", standAbove);
  document.body.addEventListener("htmx:sendError", () => show("offline"));
  document.body.addEventListener("htmx:responseError", () => show("failed"));
}
