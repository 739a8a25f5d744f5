// What was typed and not sent stays in this tab: through every swap, a change of case, a reload
// and a session that expired. It goes when the server has taken it, and at log-out.
const PREFIX = "draft ";
const boxes = () => document.querySelectorAll(".ed textarea, .ed .inp[type=text]");

function keyOf(field) {
  const form = field.closest("form");
  const user = document.body.dataset.user;
  return `${PREFIX}${user} ${new URL(form.action).pathname} ${field.name}`;
}

function keep(field) {
  if (field.value === field.defaultValue) sessionStorage.removeItem(keyOf(field));
  else sessionStorage.setItem(keyOf(field), field.value);
}

function restore() {
  for (const field of boxes()) {
    const kept = sessionStorage.getItem(keyOf(field));
    if (kept !== null && field.value === field.defaultValue && field.matches("textarea, input")) {
      field.value = kept;
    }
  }
}

function forget(form) {
  for (const field of form.elements) if (field.name) sessionStorage.removeItem(keyOf(field));
}

function forgetAll() {
  const kept = Object.keys(sessionStorage).filter((key) => key.startsWith(PREFIX));
  for (const key of kept) sessionStorage.removeItem(key);
}

export function start() {
  document.addEventListener("input", (event) => {
    if (event.target.closest("form.ed") && event.target.type !== "file") keep(event.target);
  });
  document.addEventListener("submit", (event) => {
    if (event.target.action?.includes("/accounts/logout/")) forgetAll();
  });
  // Answered with the case itself, not with a refusal or the way to the log-in.
  document.body.addEventListener("htmx:beforeSwap", (event) => {
    const { requestConfig, xhr } = event.detail;
    const form = requestConfig.elt.closest?.("form.ed");
    if (form && requestConfig.verb === "post" && xhr.status < 300 && !xhr.getResponseHeader("HX-Redirect")) forget(form);
  });
  document.body.addEventListener("htmx:afterSettle", restore);
  restore();
}
