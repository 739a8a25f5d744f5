// What changed on the server is fetched anew, part by part; typed text is never touched.
import { changed, start as startParts } from "./live-parts.js";
import { start as startColleagues } from "./live-colleagues.js";
import { listen } from "./live-source.js";

export function start() {
  const live = document.getElementById("live");
  if (!live) return;
  startParts();
  startColleagues();
  listen({ stream: live.dataset.stream, poll: live.dataset.poll, user: document.body.dataset.user, tell: changed });
}
