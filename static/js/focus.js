// Where the keyboard goes on: after a change to what was changed, out of a panel to what opened it.
const $ = (selector, within = document) => within.querySelector(selector);
let pressed = "";
let opener = "";

const pathOf = (address) => new URL(address, location.href).pathname;

function find(attribute, path) {
  const same = (one) => one.getAttribute(attribute) && pathOf(one.getAttribute(attribute)) === path;
  return [...document.querySelectorAll(`#conv [${attribute}]`)].find(same);
}

function focus(element) {
  if (!element) return false;
  const menu = element.closest("details.menu:not([open])");
  const target = menu ? $("summary", menu) : $("button[type=submit]", element) ?? $("button", element) ?? element;
  target.focus({ preventScroll: true });
  return document.activeElement === target;
}

function isLost() {
  return !document.activeElement || document.activeElement === document.body;
}

function goOn() {
  if (!isLost()) return;
  const title = $("#conv h1");
  title?.setAttribute("tabindex", "-1");
  if (!(pressed && focus(find("action", pressed))) && !(pressed && focus(find("hx-get", pressed)))) focus(title);
}

function close(panel) {
  panel.replaceChildren();
  if (!(opener && focus(find("hx-get", opener)))) goOn();
}

export function start() {
  document.body.addEventListener("htmx:beforeRequest", (event) => {
    const { elt, requestConfig } = event.detail;
    if (requestConfig.verb === "post" && elt.closest("#conv, #toasts")) pressed = pathOf(requestConfig.path);
    if (event.detail.target?.id === "panel") opener = pathOf(requestConfig.path);
  });
  document.body.addEventListener("htmx:afterSettle", (event) => {
    const panel = event.detail.target?.id === "panel" ? $("#panel form") : null;
    if (panel) $("[aria-invalid=true], input:not([type=hidden]), select, textarea", panel)?.focus();
    else if (pressed && !$("#composer")?.contains(document.activeElement)) goOn();
    if (!panel) pressed = "";
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-close]") && $("#panel")) close($("#panel"));
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || $("details.menu[open]") || $("dialog[open]")) return;
    const panel = $("#panel:not(:empty)");
    if (panel?.querySelector("form")) close(panel);
  });
}
