// Moving a callback by dragging it: the drop opens the same form as its button, since another
// time needs the customer's yes.
const MINUTES = 15;
const MIME = "application/x-promise";

const tracks = (text) => text.split(" ").map(parseFloat).filter((size) => !Number.isNaN(size));

function indexAt(sizes, position) {
  let edge = 0;
  for (let n = 0; n < sizes.length; n += 1) {
    edge += sizes[n];
    if (position < edge) return n;
  }
  return -1;
}

// Which cell lies under the pointer: its column's head, its row (from 1) and the time it begins.
function cellAt(grid, event) {
  const box = grid.getBoundingClientRect();
  const style = getComputedStyle(grid);
  const column = indexAt(tracks(style.gridTemplateColumns), event.clientX - box.left);
  const row = indexAt(tracks(style.gridTemplateRows), event.clientY - box.top);
  const head = column > 0 ? grid.querySelector(`.hdc.c-${column}`) : null;
  if (!head || row < 1) return null;
  const [hours, minutes] = grid.dataset.start.split(":").map(Number);
  const since = hours * 60 + minutes + (row - 1) * MINUTES;
  const clock = [Math.floor(since / 60), since % 60].map((one) => String(one).padStart(2, "0")).join(":");
  return { column, row, head, clock };
}

function show(grid, cell) {
  const ghost = grid.querySelector(".ev-drop") || document.createElement("div");
  ghost.className = `ev ev-drop c-${cell.column} at-${cell.row} len-1`;
  ghost.textContent = `${grid.dataset.drop} ${cell.clock}`;
  if (!ghost.isConnected) grid.append(ghost);
}

const forget = () => document.querySelectorAll(".ev-drop").forEach((ghost) => ghost.remove());

// The day opens on the present, with a little of what went before.
function showNow(grid) {
  const now = grid.querySelector(".nowl");
  const pane = grid.closest(".scroll");
  if (now && pane && !pane.scrollTop) pane.scrollTop = now.offsetTop - pane.clientHeight / 3;
}

export function start() {
  const grid = document.querySelector(".calg");
  if (!grid) return;
  showNow(grid);
  let moved = null;
  grid.addEventListener("dragstart", (event) => {
    moved = event.target.closest?.("[data-move]");
    if (!moved) return;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData(MIME, moved.dataset.move);
  });
  grid.addEventListener("dragover", (event) => {
    const cell = moved && cellAt(grid, event);
    if (!cell) return;
    event.preventDefault();
    show(grid, cell);
  });
  grid.addEventListener("drop", (event) => {
    const cell = moved && cellAt(grid, event);
    if (!cell) return;
    event.preventDefault();
    const query = new URLSearchParams(location.search);
    query.delete("on");
    query.set("at", `${cell.head.dataset.day}T${cell.clock}`);
    if (cell.head.dataset.owner) query.set("owner", cell.head.dataset.owner);
    location.assign(`${moved.dataset.move}?${query}`);
  });
  grid.addEventListener("dragend", () => {
    moved = null;
    forget();
  });
}
