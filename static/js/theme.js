// The theme changes at once; the server keeps it in a cookie.
const root = document.documentElement;

export function start() {
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("[data-theme-switch]");
    if (!form || !event.submitter) return;
    event.preventDefault();
    const body = new FormData(form, event.submitter);
    root.dataset.theme = body.get("theme");
    fetch(form.action, { method: "POST", body, redirect: "manual", keepalive: true });
  });
}
