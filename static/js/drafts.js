// What was typed and not sent stays in this tab: through every swap, a change of case, a reload
// and a session that expired. It goes when the server has taken it, and at log-out.
const PREFIX = "draft ";
const boxes = () => document.querySelectorAll(".ed textarea, .ed .inp[type=text], .ed .later .inp");

function keyOf(field) {
  const form = field.closest("form");
  const user = document.body.dataset.user;
  return `${PREFIX}${user} ${new URL(form.action).pathname} ${field.name}`;
}

function keep(field) {
  if (field.value === field.defaultValue) sessionStorage.removeItem(keyOf(field));
  else sessionStorage.setItem(keyOf(field), field.value);
}

function addressesIn(text) {
  return text.split(/[,;\n]/).map((one) => one.trim()).filter(Boolean);
}

// Chosen by a press ("Reply to all"): joins what was typed, and is a draft as that is.
function choose(field) {
  const typed = addressesIn(sessionStorage.getItem(keyOf(field)) ?? "");
  const chosen = addressesIn(field.defaultValue);
  field.value = [...new Set([...chosen, ...typed])].join(", ");
  sessionStorage.setItem(keyOf(field), field.value);
  delete field.dataset.chosen;
}

function restore() {
  for (const field of boxes()) {
    if (field.dataset.chosen !== undefined) choose(field);
    const kept = sessionStorage.getItem(keyOf(field));
    if (kept !== null && field.value === field.defaultValue && field.matches("textarea, input")) {
      field.value = kept;
      if (kept) field.closest("details")?.setAttribute("open", "");
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
  for (const name of ["htmx:beforeSwap", "portal:late"]) {
    document.body.addEventListener(name, (event) => {
      const { requestConfig, xhr } = event.detail;
      const form = requestConfig.elt.closest?.("form.ed");
      if (form && requestConfig.verb === "post" && xhr.status < 300 && !xhr.getResponseHeader("HX-Redirect")) forget(form);
    });
  }
  document.body.addEventListener("htmx:afterSettle", restore);
  restore();
}
