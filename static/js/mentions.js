// "@" in a note offers colleagues: arrows choose, Enter or Tab takes one, Escape closes the list.
const BEGUN = /(?:^|[^A-Za-z0-9._%+-])@([^\s@]{0,30})$/;
const PAUSE_MS = 120;

let field = null; // the textarea that the list belongs to
let timer = null;
let asking = null;

const list = () => document.getElementById("mentions");
const options = () => [...(list()?.querySelectorAll("[role=option]") ?? [])];
const chosen = () => options().findIndex((one) => one.getAttribute("aria-selected") === "true");
const begun = () => field.selectionStart === field.selectionEnd ? BEGUN.exec(field.value.slice(0, field.selectionStart)) : null;

function close() {
  clearTimeout(timer);
  asking?.abort();
  list()?.remove();
  field?.removeAttribute("aria-activedescendant");
  field?.removeAttribute("aria-controls");
}

function choose(at) {
  options().forEach((one, n) => one.setAttribute("aria-selected", String(n === at)));
  field.setAttribute("aria-activedescendant", options()[at].id);
}

function take(option) {
  const name = option.dataset.name;
  const { selectionStart: end } = field;
  const from = end - begun()[1].length;
  close();
  field.setRangeText(`${name} `, from, end, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
  close();
}

async function ask() {
  const word = begun();
  const address = field.closest("[data-mentions]")?.dataset.mentions;
  if (!word || !address) return;
  asking = new AbortController();
  const answer = await fetch(`${address}?q=${encodeURIComponent(word[1])}`, { signal: asking.signal }).catch(() => null);
  if (!answer?.ok || answer.redirected) return;
  const came = document.createElement("template");
  came.innerHTML = await answer.text().catch(() => "");
  const fresh = came.content.querySelector("#mentions [role=option]")?.closest("#mentions");
  close();
  if (!fresh || document.activeElement !== field || begun()?.[1] !== word[1]) return;
  field.closest("form").append(fresh);
  field.setAttribute("aria-controls", "mentions");
  choose(0);
}

function press(event) {
  const all = options();
  if (!all.length || event.target !== field || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) choose((chosen() + step + all.length) % all.length);
  else if (event.key === "Enter" || event.key === "Tab") take(all[chosen()]);
  else if (event.key === "Escape") close();
  else return;
  event.preventDefault();
  event.stopPropagation();
}

export function start() {
  document.addEventListener("input", (event) => {
    if (!event.target.matches("[data-mentions] textarea")) return;
    if (field !== event.target) close();
    field = event.target;
    field.setAttribute("aria-autocomplete", "list");
    clearTimeout(timer);
    if (begun()) timer = setTimeout(ask, PAUSE_MS);
    else close();
  });
  document.addEventListener("keydown", press, true);
  document.addEventListener("pointerdown", (event) => {
    const option = event.target.closest("#mentions [role=option]");
    if (!option) return;
    event.preventDefault(); // the field keeps its focus
    take(option);
  });
  document.addEventListener("focusout", (event) => { if (event.target === field) close(); });
}
