// Canned replies in the composer: a slash on an empty line or the button opens them.
import { fetchOptions, narrow, open, settle, startChooser } from "./chooser.js";
import { insertText } from "./editor.js";

const $ = (selector, within = document) => within.querySelector(selector);
const TOKEN = /\{\{\s*[a-z]+\.[a-z]+\s*\}\}/;
let form = null;
let place = null; // where the text goes, and how many characters before it go away

function placeIn(writing, slash) {
  if (writing.matches("textarea")) return { from: writing.selectionStart - slash, to: writing.selectionEnd };
  const range = getSelection().rangeCount ? getSelection().getRangeAt(0).cloneRange() : null;
  const inside = range && writing.contains(range.startContainer);
  if (inside && slash) range.setStart(range.startContainer, range.startOffset - slash);
  return { range: inside ? range : null };
}

// Where no case says for whom it is, the form's own fields do.
function addressFor(language) {
  const address = new URL(form.dataset.canned, location.href);
  for (const name of (form.dataset.cannedBy ?? "").split(" ").filter(Boolean)) {
    const { value } = form.elements[name] ?? {};
    if (value) address.searchParams.set(name, value);
  }
  if (language) address.searchParams.set("language", language);
  return address.href;
}

async function load(language) {
  const dialog = $("#canned");
  const found = await fetchOptions(addressFor(language));
  if (found === null) return;
  $("[role=listbox]", dialog).innerHTML = found;
  const chosen = $("[data-language]", $("[role=listbox]", dialog)).dataset.language;
  for (const one of dialog.querySelectorAll("button[data-language]")) {
    one.setAttribute("aria-pressed", String(one.dataset.language === chosen));
  }
  narrow(dialog, $("[role=combobox]", dialog).value);
  settle(dialog);
}

function offer(writing, slash) {
  form = writing.closest("form");
  place = placeIn(writing, slash);
  open($("#canned"));
  load("");
}

// What nobody could fill in is selected, so that it is seen and written over.
function pointAt(writing, warning) {
  const note = $("[data-unfilled]", form);
  note.textContent = warning;
  note.hidden = !warning;
  const found = warning && writing.matches("textarea") ? TOKEN.exec(writing.value) : null;
  if (found) writing.setSelectionRange(found.index, found.index + found[0].length);
}

function insert(option) {
  const writing = $(".write:not([hidden])", form);
  writing.focus();
  if (writing.matches("textarea")) {
    writing.setRangeText(option.dataset.text, place.from, place.to, "end");
    writing.dispatchEvent(new Event("input", { bubbles: true }));
  } else insertText(form, option.dataset.text, place.range);
  pointAt(writing, option.dataset.warning);
}

function isBeginning(writing) {
  const range = getSelection().rangeCount ? getSelection().getRangeAt(0) : null;
  if (!writing.matches("textarea")) return range?.startContainer.textContent.slice(0, range.startOffset).trim().length === 1;
  const before = writing.value.slice(0, writing.selectionStart - 1);
  return before === "" || before.endsWith("\n");
}

export function start() {
  const dialog = $("#canned");
  if (!dialog) return;
  startChooser(dialog, { type: (typed) => { narrow(dialog, typed); settle(dialog); }, choose: insert });
  dialog.addEventListener("click", (event) => {
    const language = event.target.closest("button[data-language]");
    if (language) load(language.dataset.language);
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-act=canned]");
    if (!button || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    offer($(".write:not([hidden])", button.closest("form")), 0);
  });
  document.addEventListener("input", (event) => {
    const writing = event.target.closest?.("form[data-canned] .write");
    // a channel that carries no letters offers none
    if (!writing || $("[data-act=canned]", writing.closest("form")).matches("[data-off]")) return;
    const note = $("[data-unfilled]", writing.closest("form"));
    if (!TOKEN.test(writing.value ?? writing.textContent)) note.hidden = true;
    // a Chinese keyboard writes its own mark with the same key
    const isSlash = event.inputType?.startsWith("insert") && ["/", "、"].includes(event.data);
    if (isSlash && !event.isComposing && isBeginning(writing)) offer(writing, 1);
  });
}
