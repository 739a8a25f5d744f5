// The ring of what we promised counts down; without a script it stands as the page was made.
const HOUR = 3600;
const SOON = 1800;

const opened = performance.now();

function words(seconds) {
  const whole = Math.floor(Math.abs(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

function draw(ring) {
  // by the server's clock, whatever this device's says
  const left = (Number(ring.dataset.counts) - Number(ring.dataset.now) - (performance.now() - opened)) / 1000;
  if (ring.dataset.state !== "late") {
    if (left <= 0) return left;
    if (left <= SOON && ring.dataset.state === "calm") {
      ring.dataset.state = "soon";
      ring.closest("[aria-labelledby]").dataset.state = "soon";
    }
    const gone = 100 - (100 * left) / Number(ring.dataset.span);
    ring.querySelector("circle:last-of-type").setAttribute("stroke-dashoffset", Math.round(Math.min(100, Math.max(0, gone))));
  }
  if (Math.abs(left) < HOUR) ring.querySelector("b").textContent = words(left);
  return left;
}

// What was typed is worth more than the news that we are late.
const isTyping = () => [...document.querySelectorAll("textarea, input[type=file]")].some((one) => one.value);

export function start() {
  const ring = document.querySelector("[data-counts]");
  if (!ring) return;
  const timer = setInterval(() => {
    if (draw(ring) > 0 || ring.dataset.state === "late") return;
    clearInterval(timer);
    if (!isTyping()) setTimeout(() => location.reload(), 1500);
  }, 1000);
  draw(ring);
}
