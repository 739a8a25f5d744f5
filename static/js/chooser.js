// A dialog with a box to type in and a list to choose from: arrows move, Enter takes, Esc leaves.
// The dialog itself keeps the focus inside and gives it back.
const $ = (selector, within = document) => within.querySelector(selector);

export const optionsOf = (dialog) => [...dialog.querySelectorAll("[role=option]:not([hidden])")];

function mark(dialog, option) {
  for (const one of dialog.querySelectorAll("[aria-selected=true]")) one.setAttribute("aria-selected", "false");
  option?.setAttribute("aria-selected", "true");
  option?.scrollIntoView({ block: "nearest" });
  if (option) $("[role=combobox]", dialog).setAttribute("aria-activedescendant", option.id);
  else $("[role=combobox]", dialog).removeAttribute("aria-activedescendant");
}

function move(dialog, key) {
  const options = optionsOf(dialog);
  const at = options.findIndex((one) => one.getAttribute("aria-selected") === "true");
  const next = key === "ArrowDown" ? at + 1 : Math.max(at, 0) - 1;
  mark(dialog, options.at(next % (options.length || 1)));
}

// Groups without an option left go too; what is left is said, and the first of it chosen.
export function settle(dialog) {
  for (const group of dialog.querySelectorAll("[role=listbox] [role=group]")) {
    group.hidden = !$("[role=option]:not([hidden])", group);
  }
  const options = optionsOf(dialog);
  $("[data-none]", dialog).hidden = options.length > 0;
  $("[data-some]", dialog).textContent = options.length ? $("[data-some]", dialog).dataset.some.replace("0", options.length) : "";
  mark(dialog, options[0]);
}

// What stays of a list when its words are looked for, each anywhere.
export function narrow(dialog, typed, within = dialog) {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  for (const one of within.querySelectorAll("[role=option][data-words]")) {
    const text = one.dataset.words.toLowerCase();
    one.hidden = !words.every((word) => text.includes(word));
  }
}

// An expired session leads to the log-in, as it does for every other fragment.
export async function fetchOptions(url) {
  const headers = { "HX-Request": "true", "HX-Current-URL": location.href };
  const answer = await fetch(url, { headers }).catch(() => null);
  const away = answer?.headers.get("HX-Redirect");
  if (away) location.href = away;
  if (answer?.ok && !away) return answer.text();
  if (!away) document.body.dispatchEvent(new CustomEvent("htmx:sendError", { bubbles: true, detail: {} }));
  return null;
}

export function startChooser(dialog, { type, choose }) {
  const box = $("[role=combobox]", dialog);
  const take = (option, event) => {
    if (!option) return;
    dialog.close();
    choose(option, event);
  };
  box.addEventListener("input", () => {
    delete dialog.dataset.early;
    type(box.value);
  });
  dialog.addEventListener("keydown", (event) => {
    if (event.isComposing || event.target !== box) return;
    if (["ArrowDown", "ArrowUp"].includes(event.key)) {
      event.preventDefault();
      move(dialog, event.key);
    } else if (event.key === "Enter") {
      event.preventDefault();
      const option = $("[aria-selected=true]", dialog);
      if (option) take(option, event);
      else dialog.dataset.early = "";
    }
  });
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
    else take(event.target.closest("[role=option]"), event);
  });
}

// Enter was pressed before the list had come: then it takes the first of it.
export function takeEarly(dialog) {
  if (dialog.open && dialog.dataset.early !== undefined) $("[aria-selected=true]", dialog)?.click();
}

export function open(dialog) {
  delete dialog.dataset.early;
  $("[role=combobox]", dialog).value = "";
  $("[role=listbox]", dialog).replaceChildren();
  $("[data-none]", dialog).hidden = true;
  dialog.showModal();
  $("[role=combobox]", dialog).focus();
}
