// Remembering something of a customer: from a message, with the words that are selected in it.
const $ = (selector, within = document) => within.querySelector(selector);
const MOST = 500;
let marked = null; // what was selected before a press on the page took the selection away

function selected() {
  const selection = document.getSelection();
  const text = selection?.toString().trim() ?? "";
  const node = selection?.anchorNode;
  const bubble = (node?.nodeType === Node.TEXT_NODE ? node.parentElement : node)?.closest?.(".ix");
  return text && bubble ? { bubble, text: text.replace(/\s+/g, " ").slice(0, MOST) } : null;
}

function open(link, chosen) {
  const url = new URL(link.href);
  const source = chosen && $("[data-remember]", chosen.bubble);
  const own = link.closest(".ix");
  if (chosen && source && (!own || own === chosen.bubble)) {
    url.searchParams.set("source", new URL(source.href).searchParams.get("source"));
    url.searchParams.set("text", chosen.text);
  }
  if ($("#panel")) {
    window.htmx.ajax("GET", url.pathname + url.search, { target: "#panel", swap: "outerHTML", source: "#panel" });
    $(".ws")?.setAttribute("data-pane", "case");
  } else location.assign(url);
}

// One key: the message that holds the selection, else the one under the pointer or the focus.
export function rememberHere() {
  const chosen = selected();
  const bubble = chosen?.bubble ?? $(".ix:hover, .ix:focus-within");
  const link = (bubble && $("[data-remember]", bubble)) ?? $("[data-deed=remember]");
  if (link) open(link, chosen);
}

export function start() {
  document.addEventListener("pointerdown", (event) => {
    marked = event.target.closest("[data-remember]") ? selected() : null;
  }, true);
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-remember]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open(link, selected() ?? marked);
    marked = null;
  });
}
