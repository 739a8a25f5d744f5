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
  document.body.addEventListener("htmx:afterSettle", leaveAll);
  document.body.addEventListener("htmx:sendError", () => show("offline"));
  document.body.addEventListener("htmx:responseError", () => show("failed"));
}
