// Answer, note or call: one form at a time; drafts.js keeps what was typed in each of them.
import { isUnsaved } from "./drafts.js";

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

function sendFrom(field) {
  field.closest("form.ed")?.requestSubmit();
}

// A telephone takes the number: the page stays, whatever is typed in it.
function dial() {
  leaving = true;
  setTimeout(() => { leaving = false; }, 500);
}

// What only some channels have is shown for them alone.
function fit(form) {
  const chosen = $("select[name$=-channel]", form)?.value;
  for (const part of form.querySelectorAll("[data-only]")) part.toggleAttribute("data-off", part.dataset.only !== chosen);
}

// Who is reached by a channel is most likely known by an address of that channel.
function suit(form, channel) {
  const kind = $("select[name$=-address_kind]", form);
  if (kind && kind.dataset.chosen === undefined && $(`option[value="${channel}"]`, kind)) kind.value = channel;
}

export function start() {
  document.addEventListener("click", (event) => {
    const tab = event.target.closest("[data-mode-to]");
    if (!tab || event.ctrlKey || event.metaKey) return;
    if ("dials" in tab.dataset) dial();
    else event.preventDefault();
    chooseMode(tab.dataset.modeTo);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.matches("textarea, .rich")) {
      event.preventDefault();
      sendFrom(event.target);
    }
  });
  for (const part of document.querySelectorAll("[data-only]")) fit(part.closest("form"));
  document.addEventListener("change", (event) => {
    const form = event.target.closest("form.ed");
    if (!form || !event.target.matches("select")) return;
    fit(form);
    if (event.target.matches("[name$=-channel]")) suit(form, event.target.value);
    else event.target.dataset.chosen = "";
  });
  addEventListener("beforeunload", (event) => {
    if (isUnsaved() && !leaving) event.preventDefault();
  });
  document.addEventListener("submit", (event) => { leaving = !event.target.target; });
  document.body.addEventListener("htmx:afterRequest", () => { leaving = false; });
}

let leaving = false;
