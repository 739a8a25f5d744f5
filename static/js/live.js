// What changed on the server is fetched anew, part by part; typed text is never touched.
import { changed, start as startParts } from "./live-parts.js";
import { start as startColleagues } from "./live-colleagues.js";
import { isOn, show } from "./desktop.js";
import { listen } from "./live-source.js";

export function start() {
  const live = document.getElementById("live");
  if (!live) return;
  startParts();
  startColleagues();
  const { stream, poll } = live.dataset;
  listen({ stream, poll, user: document.body.dataset.user, tell: changed, lead: show, stays: isOn });
}
