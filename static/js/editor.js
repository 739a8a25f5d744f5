// Formatting for answers: plain text until somebody formats or pastes a picture. The server cleans
// whatever comes of it; the text area beside it always holds the same words as plain text.
import { upload } from "./uploads.js";

const $ = (selector, within = document) => within.querySelector(selector);
const KEPT = new Set(["A", "B", "BLOCKQUOTE", "BR", "CODE", "DIV", "EM", "I", "IMG", "LI", "OL", "P", "PRE", "S", "STRONG", "U", "UL"]);
const BLOCKS = new Set(["BLOCKQUOTE", "DIV", "LI", "OL", "P", "PRE", "UL"]);
const GONE = new Set(["SCRIPT", "STYLE", "TEMPLATE", "TITLE", "HEAD", "META", "LINK", "OBJECT", "IFRAME", "SVG", "MATH"]);
const LINK = /^(?:https?:\/\/|mailto:|tel:)/i;

function parts(form) {
  return { box: $(".rich", form), tools: $(".tools", form), text: $("textarea.write", form), html: $("[data-formatted]", form) };
}

// The lines that a person sees. "innerText" counts an empty line twice, and more at every turn.
function plainText(box) {
  let text = "";
  let ended = false; // a line has ended; what comes next begins another
  let begun = false; // something stands in the line
  const end = () => { if (begun) [ended, begun] = [true, false]; };
  const next = () => { if (ended) [text, ended] = [`${text}\n`, false]; };
  const walk = (node) => {
    for (const child of node.childNodes) {
      if (child.nodeType === Node.TEXT_NODE) {
        if (!child.data) continue;
        next();
        text += child.data.replaceAll("\u00a0", " ");
        begun = true;
      } else if (child.nodeName === "BR") {
        next();
        [ended, begun] = [true, false];
      } else if (BLOCKS.has(child.nodeName)) {
        end();
        walk(child);
        end();
      } else walk(child);
    }
  };
  walk(box);
  return text.trim();
}

// A letter shows one blank of several, and none at the beginning of a line: those that are typed stay.
function spaced(child) {
  const text = child.textContent.replace(/\t/g, "    ").replace(/[\n\r]/g, " ").replace(/ (?= )/g, "\u00a0");
  return child.previousSibling ? text : text.replace(/^ /, "\u00a0");
}

const collapsed = (child) => child.textContent.replace(/[\t\n\r ]+/g, " ");

// Only plain elements come through, with no attribute but a link's address and our own pictures.
function copied(node, into, textOf = collapsed) {
  for (const child of node.childNodes) {
    if (child.nodeType === Node.TEXT_NODE) into.append(textOf(child));
    else if (child.nodeType === Node.ELEMENT_NODE && !GONE.has(child.nodeName.toUpperCase())) copiedElement(child, into, textOf);
  }
  return into;
}

function copiedElement(child, into, textOf) {
  const name = child.nodeName.toUpperCase();
  if (!KEPT.has(name)) {
    copied(child, into, textOf);
    return;
  }
  const made = document.createElement(name);
  if (name === "IMG") {
    const source = child.getAttribute("src") ?? "";
    if (!/^\/desk\/uploads\/\d+\/$/.test(source)) return;
    made.src = source;
    made.alt = child.getAttribute("alt") ?? "";
  }
  const href = name === "A" ? child.getAttribute("href") ?? "" : "";
  if (LINK.test(href)) made.href = href;
  into.append(copied(child, made, textOf));
}

// The page's policy holds in every document that a script can make, so what it would complain of
// (styles, handlers) goes before the browser reads the markup; "copied" has the last word.
function plain(html) {
  const bare = html
    .replace(/<(script|style|template|title|textarea|xmp|iframe|noscript)\b[\s\S]*?(?:<\/\1\s*>|$)/gi, "")
    .replace(/<([a-z][a-z0-9]*)((?:"[^"]*"|'[^']*'|[^'">])*)>/gi, (_tag, name, attributes) => {
      const kept = attributes.match(/\s(?:href|src|alt)\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'>]+)/gi) ?? [];
      return `<${name}${/^(?:a|img)$/i.test(name) ? kept.join("") : ""}>`;
    })
    .replace(/<img(?![^>]*\ssrc\s*=\s*["']?\/desk\/uploads\/)[^>]*>/gi, "");
  const parsed = new DOMParser().parseFromString(bare, "text/html");
  return copied(parsed.body, document.createDocumentFragment());
}

function sync(form) {
  const { box, text, html } = parts(form);
  const fragment = copied(box, document.createElement("div"), spaced);
  html.value = box.innerText.trim() || $("img", box) ? fragment.innerHTML : "";
  text.value = plainText(box) || $("img", box)?.alt || "";
  for (const field of [html, text]) field.dispatchEvent(new Event("input", { bubbles: true }));
}

function show(form, rich) {
  const { box, tools, text } = parts(form);
  box.hidden = !rich;
  text.hidden = rich;
  $("[data-do=plain]", tools).hidden = !rich;
}

function fromText(text) {
  const fragment = document.createDocumentFragment();
  for (const line of text.split("\n")) {
    const made = document.createElement("div");
    made.append(line || document.createElement("br"));
    fragment.append(made);
  }
  return fragment;
}

function toRich(form) {
  const { box, text } = parts(form);
  if (!box.hidden) return box;
  const [from, to] = [text.selectionStart, text.selectionEnd];
  box.replaceChildren(fromText(text.value));
  show(form, true);
  box.focus();
  select(box, text.value, from, to);
  sync(form);
  return box;
}

function select(box, text, from, to) {
  const range = document.createRange();
  const place = (at) => {
    const before = text.slice(0, at).split("\n");
    const line = box.childNodes[before.length - 1] ?? box;
    const node = line.firstChild?.nodeType === Node.TEXT_NODE ? line.firstChild : line;
    return [node, node.nodeType === Node.TEXT_NODE ? Math.min(before.at(-1).length, node.length) : 0];
  };
  range.setStart(...place(from));
  range.setEnd(...place(to));
  getSelection().removeAllRanges();
  getSelection().addRange(range);
}

function toPlain(form) {
  const { box, text, html } = parts(form);
  text.value = plainText(box);
  html.value = "";
  box.replaceChildren();
  show(form, false);
  for (const field of [html, text]) field.dispatchEvent(new Event("input", { bubbles: true }));
  text.focus();
}

let marked = null;

function askForLink(form) {
  const boxed = $(".linkbox", form);
  marked = getSelection().rangeCount ? getSelection().getRangeAt(0).cloneRange() : null;
  boxed.hidden = false;
  $("input", boxed).focus();
}

function setLink(form) {
  const boxed = $(".linkbox", form);
  const input = $("input", boxed);
  const address = input.value.trim();
  boxed.hidden = true;
  input.value = "";
  parts(form).box.focus();
  if (marked) {
    getSelection().removeAllRanges();
    getSelection().addRange(marked);
  }
  if (!LINK.test(address)) return;
  if (getSelection().isCollapsed) {
    const link = document.createElement("a");
    link.href = link.textContent = address;
    insert(link.outerHTML);
  } else document.execCommand("createLink", false, address);
}

function insert(html) {
  document.execCommand("insertHTML", false, html);
}

// Plain words where the caret was, line by line, with a break between.
export function insertText(form, text, range) {
  const { box } = parts(form);
  box.focus();
  const whole = document.createRange();
  whole.selectNodeContents(box);
  whole.collapse(false);
  getSelection().removeAllRanges();
  getSelection().addRange(range ?? whole);
  const holder = document.createElement("div");
  for (const [at, line] of text.split("\n").entries()) {
    if (at) holder.append(document.createElement("br"));
    holder.append(line);
  }
  insert(holder.innerHTML);
  sync(form);
}

const deeds = {
  plain: toPlain,
  link: askForLink,
  setlink: setLink,
  blockquote: () => document.execCommand("formatBlock", false, "blockquote"),
};

function act(form, deed) {
  if (deed !== "plain" && deed !== "setlink") toRich(form).focus();
  if (deeds[deed]) deeds[deed](form);
  else document.execCommand(deed, false);
  if (deed !== "plain") sync(form);
}

async function paste(event, form) {
  const files = [...event.clipboardData.files];
  const pictures = files.filter((file) => file.type.startsWith("image/"));
  const html = event.clipboardData.getData("text/html");
  if (files.length && !event.clipboardData.getData("text/plain")) {
    event.preventDefault();
    if (pictures.length < files.length) upload(form, files.filter((file) => !pictures.includes(file)));
    if (!pictures.length) return;
    const box = toRich(form);
    const added = await upload(form, pictures, { inline: true });
    box.focus();
    for (const one of added) {
      const picture = document.createElement("img");
      picture.src = one.address;
      picture.alt = one.name;
      insert(picture.outerHTML);
    }
    sync(form);
  } else if (html && event.target.closest(".rich")) {
    event.preventDefault();
    const holder = document.createElement("div");
    holder.append(plain(html));
    insert(holder.innerHTML);
    sync(form);
  }
}

// After a swap or a restored draft: whatever has formatting is shown with it.
function begin() {
  for (const box of document.querySelectorAll(".ed .rich")) beginIn(box.closest("form"));
}

// Other words took the place of those that stood there.
export function reshow(form) {
  const { box, html } = parts(form);
  if (!box) return;
  box.replaceChildren();
  show(form, false);
  if (html.value) beginIn(form);
}

function beginIn(form) {
  const { box, tools, html } = parts(form);
  tools.hidden = false;
  if (html.value && !box.childNodes.length) {
    box.replaceChildren(plain(html.value));
    show(form, true);
  }
}

export function start() {
  document.addEventListener("mousedown", (event) => {
    // The selection stays where it is while a tool is pressed.
    if (event.target.closest(".tools button")) event.preventDefault();
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest(".tools [data-do]");
    if (button) act(button.closest("form"), button.dataset.do);
  });
  document.addEventListener("input", (event) => {
    if (event.target.matches?.(".rich")) sync(event.target.closest("form"));
  });
  document.addEventListener("paste", (event) => {
    const form = event.target.closest?.("form.ed");
    if (form && $(".rich", form) && event.target.closest(".write")) paste(event, form);
  });
  document.addEventListener("keydown", (event) => {
    const form = event.target.closest?.("form.ed");
    if (!form || !$(".rich", form)) return;
    if (event.target.matches(".linkbox input") && event.key === "Enter") {
      event.preventDefault();
      act(form, "setlink");
    } else if ((event.ctrlKey || event.metaKey) && event.target.matches("textarea.write")) {
      const deed = { b: "bold", i: "italic" }[event.key];
      if (!deed) return;
      event.preventDefault();
      act(form, deed);
    }
  });
  document.body.addEventListener("htmx:afterSettle", begin);
  begin();
}
