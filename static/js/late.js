// An answer that comes when its place is gone: the person opened something else meanwhile.
// htmx looks for everything beneath the element that asked, and dispatches there, so an element
// that stands no longer is listened to itself.
import { add, show } from "./toasts.js";

// What asked is gone: the change was made (or refused), and that alone is told.
function tell(event) {
  const { elt, xhr } = event.detail;
  if (elt.isConnected || xhr.getResponseHeader("HX-Redirect")) return;
  event.preventDefault();
  const came = document.createElement("template");
  came.innerHTML = xhr.responseText;
  for (const toast of came.content.querySelectorAll("#toasts [data-toast]")) add(toast);
  if (xhr.status >= 400) show("untaken");
  document.body.dispatchEvent(new CustomEvent("portal:late", { detail: event.detail }));
  if (xhr.getResponseHeader("HX-Trigger")?.includes("case-changed")) document.body.dispatchEvent(new Event("case-changed"));
}

// What asked still stands, such as a row: its answer is shown where the place is now.
function redirect(event) {
  const { detail } = event;
  if (!detail.requestConfig.elt.isConnected || detail.target.isConnected) return;
  const there = document.getElementById(detail.target.id);
  if (there) detail.target = there;
}

export function start() {
  document.body.addEventListener("htmx:beforeRequest", ({ detail: { elt, target, xhr } }) => {
    const own = (listener) => (event) => { if (event.detail.xhr === xhr) listener(event); };
    const heard = [[elt, "htmx:beforeOnLoad", own(tell)], [target, "htmx:beforeSwap", own(redirect)]];
    for (const [element, name, listener] of heard) element.addEventListener(name, listener);
    xhr.addEventListener("loadend", () => {
      for (const [element, name, listener] of heard) element.removeEventListener(name, listener);
    });
  });
}
