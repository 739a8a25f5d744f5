// Answer, note or call: one form at a time; drafts.js keeps what was typed in each of them.
const $ = (selector, within = document) => within.querySelector(selector);

export function chooseMode(mode, { focus = true } = {}) {
  const composer = $("#composer");
  const form = composer && $(`form[data-mode="${mode}"]`, composer);
  if (!form) return;
  composer.dataset.mode = mode;
  for (const other of composer.querySelectorAll("form[data-mode]")) other.hidden = other !== form;
  for (const tab of composer.querySelectorAll("[data-mode-to]")) {
    if (tab.dataset.modeTo === mode) tab.setAttribute("aria-current", "true");
    else tab.removeAttribute("aria-current");
  }
  if (focus) $(".write:not([hidden])", form)?.focus();
}

function isTyped() {
  const fields = [...document.querySelectorAll("#composer textarea")];
  return fields.some((field) => field.value !== field.defaultValue && field.value.trim());
}

function sendFrom(field) {
  const form = field.closest("form");
  if (form?.closest("#composer")) form.requestSubmit();
}

export function start() {
  document.addEventListener("click", (event) => {
    const tab = event.target.closest("[data-mode-to]");
    if (!tab || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    chooseMode(tab.dataset.modeTo);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.matches("textarea, .rich")) {
      event.preventDefault();
      sendFrom(event.target);
    }
  });
  addEventListener("beforeunload", (event) => {
    if (isTyped() && !leaving) event.preventDefault();
  });
  document.addEventListener("submit", (event) => { leaving = !event.target.target; });
  document.body.addEventListener("htmx:afterRequest", () => { leaving = false; });
}

let leaving = false;
