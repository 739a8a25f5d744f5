// Three panes: which one a small screen shows, which row is open, menus that close by themselves.
const $ = (selector, within = document) => within.querySelector(selector);
const $$ = (selector, within = document) => [...within.querySelectorAll(selector)];

function showPane(name) {
  const panes = $(".ws");
  if (panes) panes.dataset.pane = name;
}

export function markCurrent() {
  for (const row of $$(".case")) {
    if (new URL(row.href).pathname === location.pathname) row.setAttribute("aria-current", "true");
    else row.removeAttribute("aria-current");
  }
}

// The rows beside the open one: what j, k and Enter are for fingers on a small screen.
function beside(step) {
  const rows = $$(".case");
  const at = rows.findIndex((row) => row.getAttribute("aria-current") === "true");
  return at < 0 ? undefined : rows[at + step];
}

function fitSteps() {
  for (const button of $$("[data-step]")) button.hidden = !beside(Number(button.dataset.step));
}

function closeMenus(except) {
  for (const menu of $$("details.menu[open]")) if (menu !== except) menu.open = false;
}

// The frame of a mail opens no window itself; a link in it opens one that knows nothing of us.
function openOutside(event) {
  const href = event.target.closest?.("a[href]")?.href ?? "";
  if (!/^https?:/i.test(href)) return;
  event.preventDefault();
  window.open(href, "_blank", "noopener,noreferrer");
}

function fitFrames() {
  for (const frame of $$("iframe[data-fit]")) {
    frame.removeAttribute("data-fit");
    frame.addEventListener("load", () => {
      frame.contentDocument?.addEventListener("click", openOutside);
      frame.height = 120; // a page is never lower than its frame
      const height = frame.contentDocument?.documentElement.scrollHeight;
      if (height) frame.height = Math.min(Math.max(height + 8, 120), 2000);
    });
  }
}

export function start() {
  document.addEventListener("click", (event) => {
    closeMenus(event.target.closest("details.menu"));
    const to = event.target.closest("[data-pane-to]");
    if (to && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      const name = to.dataset.paneTo;
      showPane($(".ws")?.dataset.pane === name ? "case" : name);
    }
    const step = event.target.closest("[data-step]");
    if (step) beside(Number(step.dataset.step))?.click();
    if (event.target.closest("[data-close]")) event.preventDefault();
    if (event.target.closest("[data-act=help]")) $("#help")?.showModal();
  });
  // What may be pressed once: its answer goes into a frame, and there is no second.
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("form[data-once]");
    if (form) setTimeout(() => { form.hidden = true; });
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const open = $("details.menu[open]");
    if (open) {
      open.open = false;
      $("summary", open).focus();
    }
  });
  document.addEventListener("change", (event) => {
    const all = event.target.closest("[data-pick-all]");
    if (all) for (const box of $$("input[form=bulk]")) box.checked = event.target.checked;
  });
  for (const all of $$("[data-pick-all]")) all.hidden = false;
  document.body.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target?.id === "conv") showPane("case");
  });
  document.body.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.target?.id === "panel") closeMenus(); // or it hides the panel's fields
    markCurrent();
    fitSteps();
    fitFrames();
  });
  for (const button of $$("[data-act=help]")) button.hidden = false;
  fitSteps();
  fitFrames();
}
