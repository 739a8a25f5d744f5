// The words of a form: what they are, how they came, and how others take their place.
import { reshow } from "./editor.js";

export const same = (one, other) => flat(one) === flat(other);

function flat(words) {
  const said = Object.entries(words).map(([name, value]) => [name, value.trim()]).filter(([, value]) => value);
  return JSON.stringify(said.sort());
}

function fieldsOf(form) {
  return [...form.elements].filter((field) => field.name && field.matches("textarea, select, .inp:not([type=file], [type=checkbox], [type=radio])"));
}

function pristine(field) {
  if (!field.matches("select")) return field.defaultValue;
  return ([...field.options].find((option) => option.defaultSelected) ?? field.options[0])?.value ?? "";
}

const isProse = (field) => field.matches("textarea") || (field.matches("input") && field.value !== pristine(field));

// What differs from the form as it came, or is known to be a person's own; nothing where
// only choices were made.
export function read(form, known) {
  const fields = fieldsOf(form);
  if (!fields.some((field) => isProse(field) && field.value.trim())) return {};
  const own = fields.filter((field) => field.value !== pristine(field) || (field.name in known && field.value));
  return Object.fromEntries(own.map((field) => [field.name, field.value]));
}

// What somebody changed before anything here ran.
export function changed(form) {
  const fields = fieldsOf(form).filter((field) => field.value !== pristine(field));
  return Object.fromEntries(fields.map((field) => [field.name, field.value]));
}

export function readAll(form) {
  return Object.fromEntries(fieldsOf(form).filter((field) => field.value).map((field) => [field.name, field.value]));
}

export function write(form, words) {
  for (const field of fieldsOf(form)) {
    const value = words[field.name] ?? pristine(field);
    if (field.value === value) continue;
    field.value = value;
    if (value) field.closest("details")?.setAttribute("open", "");
    if (field.matches("select")) field.dispatchEvent(new Event("change", { bubbles: true }));
  }
  reshow(form);
}

const addressesIn = (text) => text.split(/[,;\n]/).map((one) => one.trim()).filter(Boolean);

// Chosen by a press ("Reply to all"): joins what was typed, and is a draft as that is.
export function choose(form) {
  const chosen = fieldsOf(form).filter((field) => field.matches("input[data-chosen]"));
  for (const field of chosen) {
    field.value = [...new Set([...addressesIn(field.defaultValue), ...addressesIn(field.value)])].join(", ");
    delete field.dataset.chosen;
  }
  return chosen.length > 0;
}
