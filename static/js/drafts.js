// What was typed and not sent waits on the server: saved at every pause and on leaving, kept here
// until the server has confirmed it. Another window's words are never replaced unasked.
import * as store from "./draft-store.js";
import { token } from "./csrf.js";
import { changed, choose, read, readAll, same, write } from "./draft-fields.js";

const PAUSE_MS = 1000;
const RETRY_MS = [3000, 10000, 30000, 60000];
const LOG_OUT_MS = 3000;
const KEEPALIVE_BYTES = 50000; // browsers let no more than 64 kB outlive a page
const SENT = "sent from "; // a form that leads to another page
const drafts = new Map(); // address -> { url, writer, base, stamp, words, saved, others, … }
const begun = new WeakSet(); // forms that show their draft
const early = new WeakMap(); // form -> what was typed in it before its draft was there
let channel = null;

const $ = (selector, within = document) => within.querySelector(selector);
const formsIn = () => document.querySelectorAll("form[data-drafts]");
const formOf = (draft) => $(`form[data-drafts="${draft.url}"]`);
const word = (name) => $("#draft-words")?.dataset[name] ?? "";
const isDirty = (draft) => JSON.stringify(draft.words) !== draft.saved;

function newWriter() {
  return [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function make(url, { writer = newWriter(), base = 0, stamp = 0, words = {}, saved = "{}" } = {}) {
  const draft = { url, writer, base, stamp, words, saved, others: null, busy: 0, tries: 0, timer: null, underway: null, sending: false, adopted: false, state: "" };
  drafts.set(url, draft);
  return draft;
}

// What another page of this browser wrote and could not get confirmed. Its name is used until
// the server has it, which then knows a save whose answer was lost.
function adopt(copy) {
  return Object.assign(make(copy.url, copy), { adopted: true });
}

// ── what the person sees of it ──

function show(draft, state, said) {
  draft.state = state;
  const form = formOf(draft);
  const place = form && $("[data-draft-state]", form);
  if (!place) return;
  const text = said ?? place.dataset[state] ?? word(state);
  $("[data-discard]", form)?.toggleAttribute("hidden", !Object.keys(draft.words).length);
  const unsaved = !["saving", "saved", ""].includes(state);
  // Only troubles are read out: every pause would be too much.
  place.setAttribute("aria-live", unsaved ? "polite" : "off");
  place.toggleAttribute("data-unsaved", unsaved);
  if (place.textContent !== text) place.textContent = text;
}

function showOthers(draft) {
  const form = formOf(draft);
  if (!form) return;
  $(".two", form)?.remove();
  if (!draft.others) return;
  const { words } = draft.others;
  const box = $(Object.keys(words).length ? "#two-drafts" : "#gone-draft").content.firstElementChild.cloneNode(true);
  const main = [...form.querySelectorAll("textarea:not([data-formatted])")];
  const prose = main.map((field) => words[field.name]).filter(Boolean);
  if ($("pre", box)) $("pre", box).textContent = (prose.length ? prose : Object.values(words)).join("\n\n");
  ($(".writing", form) ?? $(".tools", form) ?? main[0]?.closest(".fld") ?? main[0] ?? form.firstElementChild).before(box);
  show(draft, "two");
}

function decide(form, choice) {
  const draft = drafts.get(form.dataset.drafts);
  if (!draft?.others) return;
  const { version, words } = draft.others;
  draft.others = null;
  draft.base = version;
  if (choice === "others") draft.words = words;
  store.dropAll(draft.url);
  showOthers(draft);
  write(form, draft.words);
  touch(draft);
  save(draft, { anyway: true });
  ($(".rich:not([hidden])", form) ?? $("textarea, .inp", form)).focus();
}

// ── saving ──

function touch(draft) {
  draft.stamp = Math.max(Date.now(), draft.stamp + 1);
  store.put(draft);
}

function schedule(draft, delay) {
  clearTimeout(draft.timer);
  draft.timer = setTimeout(() => save(draft), delay);
}

async function save(draft, { leaving = false, anyway = false } = {}) {
  clearTimeout(draft.timer);
  if (draft.sending || draft.others || (draft.busy && !leaving) || !(anyway || isDirty(draft))) return;
  const sent = { words: JSON.stringify(draft.words), stamp: draft.stamp };
  if (draft.underway === sent.stamp) return;
  const body = new FormData();
  const values = { user: document.body.dataset.user, base: draft.base, writer: draft.writer, ...sent };
  for (const [name, value] of Object.entries(values)) body.append(name, value);
  const keepalive = new Blob([sent.words]).size < KEEPALIVE_BYTES;
  draft.underway = keepalive ? sent.stamp : null; // or it ends with the page
  draft.busy += 1;
  show(draft, "saving");
  const headers = { "X-CSRFToken": token(), "HX-Request": "true" };
  const answer = await fetch(draft.url, { method: "POST", body, headers, keepalive }).catch(() => null);
  const told = await answer?.json().catch(() => null);
  draft.busy -= 1;
  draft.underway = null;
  if (drafts.get(draft.url) === draft && !draft.sending) settle(draft, sent, answer, told);
}

function settle(draft, sent, answer, told) {
  if (answer?.ok && told) confirm(draft, sent, told.version);
  else if (answer?.status === 409 && told) compare(draft, sent, told);
  else if (answer?.status === 422) show(draft, "refused", told?.problem);
  else if (answer?.redirected || answer?.headers.has("HX-Redirect")) show(draft, "expired");
  else if (answer && answer.status < 500 && answer.status !== 429) show(draft, answer.status === 403 ? "expired" : "refused");
  else {
    show(draft, "offline");
    schedule(draft, RETRY_MS[Math.min(draft.tries, RETRY_MS.length - 1)]);
    draft.tries += 1;
  }
}

function confirm(draft, sent, version) {
  const was = draft.saved !== "{}";
  Object.assign(draft, { base: Math.max(draft.base, version), saved: sent.words, tries: 0 });
  store.drop(draft, sent.stamp);
  if (draft.adopted) Object.assign(draft, { adopted: false, writer: newWriter() });
  tell(draft);
  if (isDirty(draft)) schedule(draft, PAUSE_MS);
  else show(draft, Object.keys(draft.words).length ? "saved" : "");
  // A list shows which cases have a draft.
  if (was !== (sent.words !== "{}")) document.body.dispatchEvent(new Event("case-changed"));
}

function compare(draft, sent, others) {
  if (same(others.words, draft.words)) confirm(draft, sent, others.version);
  else {
    draft.others = others;
    showOthers(draft);
  }
}

function saveAll(options) {
  return Promise.all([...drafts.values()].filter(isDirty).map((draft) => save(draft, options)));
}

// ── other windows of this browser ──

function tell({ url, base, words }) {
  channel.postMessage({ url, version: base, words });
}

// Who has nothing of their own in a form follows what is written elsewhere.
function follow({ data: { url, version, words } }) {
  const draft = drafts.get(url);
  if (!draft || isDirty(draft) || draft.others || draft.sending || draft.busy || (version && version < draft.base)) return;
  const form = formOf(draft);
  if (form && document.hasFocus() && form.contains(document.activeElement)) return;
  Object.assign(draft, { words, base: version, saved: JSON.stringify(words) });
  if (form) write(form, words);
  show(draft, Object.keys(words).length ? "saved" : "");
}

// ── forms that come ──

function begin(form) {
  const url = form.dataset.drafts;
  const served = form.dataset.draft ? JSON.parse(form.dataset.draft) : null;
  const known = drafts.get(url);
  if (form.dataset.typed === "undo") takeBack(form, served, known);
  else if (form.dataset.typed === "posted") keepPosted(form, served, known);
  else if (known) goOn(form, served, known);
  else recall(form, served);
  const draft = drafts.get(url);
  if (choose(form)) typed(form);
  if (draft.others) showOthers(draft);
  else if (isDirty(draft)) schedule(draft, 0);
  else show(draft, draft.state && draft.state !== "saving" ? draft.state : Object.keys(draft.words).length ? "saved" : "");
}

// Words that the form was sent with, and that were taken.
function isTaken(copy, served) {
  return served?.done !== undefined && copy.writer === served.done.writer && copy.stamp <= served.done.stamp;
}

// Nothing in this page's memory: what was not confirmed yet, else what the server has.
function recall(form, served) {
  for (const one of store.all()) if (one.url === form.dataset.drafts && isTaken(one, served)) store.drop(one, one.stamp);
  const copy = store.all().find((one) => one.url === form.dataset.drafts);
  const draft = copy ? adopt(copy) : make(form.dataset.drafts, { base: served?.version, words: served?.words });
  if (served && same(served.words, draft.words)) {
    Object.assign(draft, { base: served.version, saved: JSON.stringify(draft.words) });
    if (copy) store.drop(draft, copy.stamp);
  }
  write(form, draft.words);
}

function goOn(form, served, draft) {
  if (!isDirty(draft) && served && served.version > draft.base) {
    Object.assign(draft, { words: served.words, base: served.version, saved: JSON.stringify(served.words) });
  }
  write(form, draft.words);
  // Words that the page came without: it was made before they were saved, or they were sent elsewhere.
  if (!served && !isDirty(draft) && Object.keys(draft.words).length) save(draft, { anyway: true });
}

function keepPosted(form, served, known) {
  const copy = known ?? store.all().find((one) => one.url === form.dataset.drafts);
  const draft = known ?? (copy ? adopt(copy) : make(form.dataset.drafts, { base: served?.version }));
  draft.sending = false;
  draft.words = readAll(form);
  touch(draft);
}

// Taken back: these words stand in the form; what was begun since is not replaced.
function takeBack(form, served, known) {
  const begunSince = known && isDirty(known) ? { version: Math.max(known.base, served?.version ?? 0), words: known.words } : served;
  const words = readAll(form);
  const draft = make(form.dataset.drafts, { base: served?.version, words });
  if (begunSince && !same(begunSince.words, words)) {
    draft.others = begunSince;
    touch(draft);
  } else if (served) draft.saved = JSON.stringify(words);
}

function restore() {
  for (const form of formsIn()) {
    if (begun.has(form)) continue;
    begun.add(form);
    begin(form);
    if (early.has(form)) {
      write(form, { ...drafts.get(form.dataset.drafts).words, ...early.get(form) });
      typed(form);
    }
  }
}

// What another page left unconfirmed, for instance while there was no connection.
function rescue() {
  for (const copy of store.all()) if (!drafts.has(copy.url)) schedule(adopt(copy), PAUSE_MS);
}

// ── what the person does ──

function input({ target }) {
  const form = target.closest("form[data-drafts]");
  if (!form || !target.name || target.type === "file") return;
  if (begun.has(form)) typed(form);
  else early.set(form, { ...early.get(form), [target.name]: target.value });
}

// Typed while the page still came. What a browser puts back itself is older than the draft.
function noteEarly() {
  if (performance.getEntriesByType("navigation")[0]?.type !== "navigate") return;
  for (const form of formsIn()) {
    const words = changed(form);
    if (Object.keys(words).length) early.set(form, words);
  }
}

function typed(form) {
  const draft = drafts.get(form.dataset.drafts);
  const words = read(form, draft.words);
  if (JSON.stringify(words) === JSON.stringify(draft.words)) return;
  draft.words = words;
  touch(draft);
  if (draft.others) return;
  if (draft.state !== "offline") show(draft, "saving");
  schedule(draft, PAUSE_MS);
}

function send(form) {
  const draft = drafts.get(form.dataset.drafts);
  if (!draft) return;
  clearTimeout(draft.timer);
  draft.sending = true;
  draft.stamp = Math.max(Date.now(), draft.stamp + 1);
  const mark = $("[data-drafted]", form);
  if (mark) mark.value = `${draft.base}.${draft.stamp}.${draft.writer}`;
  if (!form.hasAttribute("hx-post")) sessionStorage.setItem(SENT, draft.url);
}

function answered({ detail: { requestConfig, xhr, elt } }) {
  const form = (requestConfig?.elt ?? elt).closest?.("form[data-drafts]");
  const draft = form && requestConfig.verb === "post" && drafts.get(form.dataset.drafts);
  if (!draft) return;
  draft.sending = false;
  if (xhr.status && xhr.status < 300 && !xhr.getResponseHeader("HX-Redirect")) forget(draft, form);
  else if (isDirty(draft)) schedule(draft, PAUSE_MS);
}

function forget(draft, sender) {
  const form = formOf(draft);
  make(draft.url);
  store.drop(draft, draft.stamp);
  tell({ url: draft.url, base: 0, words: {} });
  // The person came back to the case before the answer did.
  if (form && form !== sender) write(form, {});
}

// Back to the form as it came.
function discard(form) {
  write(form, {});
  typed(form);
  $("textarea, .inp", form).focus();
}

async function logOut(form) {
  await Promise.race([saveAll({ leaving: true }), new Promise((done) => { setTimeout(done, LOG_OUT_MS); })]);
  if ([...drafts.values()].some(isDirty) && !window.confirm(word("leaving"))) return;
  drafts.clear();
  store.clear();
  form.submit();
}

// Whether something typed here is nowhere but here.
export function isUnsaved() {
  return [...drafts.values()].some((draft) => isDirty(draft) && !draft.sending && !["saving", "saved", ""].includes(draft.state));
}

function begunElsewhere() {
  const url = sessionStorage.getItem(SENT);
  sessionStorage.removeItem(SENT);
  if (url && !$(`form[data-drafts="${url}"]`)) store.dropAll(url);
}

export function start() {
  channel = new BroadcastChannel(`drafts ${document.body.dataset.user}`);
  channel.addEventListener("message", follow);
  store.forgetOld();
  begunElsewhere();
  document.addEventListener("input", input);
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-choose]");
    if (button) decide(button.closest("form"), button.dataset.choose);
    if (event.target.closest("[data-discard]")) discard(event.target.closest("form"));
  });
  // Before htmx reads the form.
  document.addEventListener("submit", (event) => {
    if (event.target.matches("form[data-drafts]")) send(event.target);
    else if (event.target.action?.includes("/accounts/logout/")) {
      event.preventDefault();
      logOut(event.target);
    }
  }, { capture: true });
  // Answered with the case itself, not with a refusal or the way to the log-in.
  for (const name of ["htmx:beforeSwap", "htmx:sendError", "portal:late"]) document.body.addEventListener(name, answered);
  document.body.addEventListener("htmx:afterSettle", restore);
  document.addEventListener("visibilitychange", () => saveAll({ leaving: document.hidden }));
  addEventListener("pagehide", () => saveAll({ leaving: true }));
  addEventListener("online", () => saveAll());
  noteEarly();
  restore();
  rescue();
}
