// Notices outside the window: only in a browser whose owner asked for it in the profile, and only
// by the tab that leads. What one says, and whether it says anything, is the server's to decide.
const SHOWN_MAX = 50;

const key = (what) => `desktop ${what} ${document.body.dataset.user}`;
const isThere = () => "Notification" in window;

export const isOn = () => isThere() && Notification.permission === "granted" && localStorage.getItem(key("on")) === "1";

// A page that opens hears the last seconds again: what was shown once stays shown.
function isNew(stamp) {
  const shown = JSON.parse(localStorage.getItem(key("shown")) || "[]");
  if (shown.includes(stamp)) return false;
  localStorage.setItem(key("shown"), JSON.stringify([...shown, stamp].slice(-SHOWN_MAX)));
  return true;
}

async function showOne(pk, address) {
  const answer = await fetch(address.replace("/0/", `/${pk}/`)).catch(() => null);
  if (answer?.status !== 200 || answer.redirected) return;
  const said = await answer.json().catch(() => null);
  if (!said || !isNew(said.stamp)) return;
  const notice = new Notification(said.title, { body: said.body, tag: `notice ${pk}`, renotify: true });
  notice.addEventListener("click", () => {
    notice.close();
    window.focus();
    location.assign(said.url);
  });
}

export function show(events) {
  if (!isOn()) return;
  const address = document.getElementById("live").dataset.desktop;
  for (const event of new Set(events)) {
    const [topic, pk] = event.split(" ");
    if (topic === "notice") showOne(pk, address);
  }
}

function paint(box) {
  const denied = Notification.permission === "denied";
  const state = denied ? "denied" : isOn() ? "on" : "off";
  box.hidden = false;
  for (const part of box.querySelectorAll("[data-state-of]")) part.hidden = part.dataset.stateOf !== state;
}

export function start() {
  const box = document.querySelector("[data-desktop-choice]");
  if (!box || !isThere()) return;
  paint(box);
  box.addEventListener("click", async (event) => {
    const to = event.target.closest("[data-desktop-to]")?.dataset.desktopTo;
    if (!to) return;
    if (to === "on" && await Notification.requestPermission() === "granted") localStorage.setItem(key("on"), "1");
    else localStorage.removeItem(key("on"));
    paint(box);
    box.querySelector("button:not([hidden])")?.focus();
  });
}
