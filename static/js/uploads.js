// Files go to the server as soon as they are chosen, dropped or pasted; they wait there until sent.
import { token } from "./csrf.js";

const $ = (selector, within = document) => within.querySelector(selector);

function complain(form, text, link = null) {
  const problem = $("[data-upload-problem]", form);
  problem.replaceChildren(text, ...(link ? [" ", link] : []));
  problem.hidden = !text;
}

function wayIn(form, address) {
  const link = document.createElement("a");
  link.href = address;
  link.textContent = form.dataset.login;
  return link;
}

// Why an answer holds no files: as the server says it, else what its status means.
async function explain(form, answer) {
  const login = answer.headers.get("HX-Redirect");
  if (login) complain(form, form.dataset.over, wayIn(form, login));
  else if (answer.status === 413) complain(form, form.dataset.together);
  else complain(form, (await answer.json().catch(() => null))?.problem ?? form.dataset.failed);
}

export async function upload(form, files, { inline = false } = {}) {
  const body = new FormData();
  for (const file of files) body.append("files", file);
  if (inline) body.append("inline", "1");
  complain(form, "");
  if (files.some((file) => file.size > Number(form.dataset.most))) {
    complain(form, form.dataset.single);
    return [];
  }
  form.dataset.uploading = "1";
  try {
    const answer = await fetch(form.dataset.uploads, { method: "POST", body, headers: { "X-CSRFToken": token(), "HX-Request": "true", "HX-Current-URL": location.href } });
    if (!answer.ok || answer.headers.has("HX-Redirect")) {
      await explain(form, answer);
      return [];
    }
    const told = await answer.json();
    // What somebody unticked stays unticked.
    const left = [...form.querySelectorAll(".kept input:not(:checked)")].map((box) => box.value);
    $(".kept", form).innerHTML = told.kept;
    for (const box of form.querySelectorAll(".kept input")) box.checked = !left.includes(box.value);
    return told.added;
  } catch {
    complain(form, form.dataset.lost ?? "");
    return [];
  } finally {
    delete form.dataset.uploading;
  }
}

function formOf(target) {
  return target.closest?.("form[data-uploads]");
}

export function start() {
  document.addEventListener("change", (event) => {
    const form = event.target.matches(".files input") && formOf(event.target);
    if (!form) return;
    const files = [...event.target.files];
    event.target.value = "";
    upload(form, files);
  });
  document.addEventListener("dragover", (event) => {
    const form = formOf(event.target);
    if (!form || !event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    form.classList.add("dropping");
  });
  document.addEventListener("dragleave", (event) => {
    const form = formOf(event.target);
    if (form && !form.contains(event.relatedTarget)) form.classList.remove("dropping");
  });
  document.addEventListener("drop", (event) => {
    const form = formOf(event.target);
    if (!form || !event.dataTransfer.files.length) return;
    event.preventDefault();
    form.classList.remove("dropping");
    upload(form, [...event.dataTransfer.files]);
  });
}
