// Words that the server has not confirmed yet stay in this browser, each window's under its own
// name, so that no window loses them to another one.
const PREFIX = "draft ";
const OLD_MS = 30 * 86400 * 1000;

const mine = () => `${PREFIX}${document.body.dataset.user} `;
const keyOf = (url, writer) => `${mine()}${url} ${writer}`;

function read(key) {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null;
  }
}

export function put({ url, writer, base, stamp, words }) {
  try {
    localStorage.setItem(keyOf(url, writer), JSON.stringify({ url, writer, base, stamp, words }));
  } catch { /* full or forbidden here: the server has them after the next pause */ }
}

// Only what was confirmed goes: the same window may have written more since.
export function drop({ url, writer }, stamp) {
  const key = keyOf(url, writer);
  if ((read(key)?.stamp ?? 0) <= stamp) localStorage.removeItem(key);
}

export function all() {
  const found = Object.keys(localStorage).filter((key) => key.startsWith(mine())).map(read);
  return found.filter(Boolean).sort((one, other) => other.stamp - one.stamp);
}

export function dropAll(url) {
  for (const copy of all()) if (copy.url === url) localStorage.removeItem(keyOf(url, copy.writer));
}

// At log-out nothing of this person stays behind on a shared computer.
export function clear() {
  for (const key of Object.keys(localStorage)) if (key.startsWith(mine())) localStorage.removeItem(key);
}

export function forgetOld() {
  const keys = Object.keys(localStorage).filter((key) => key.startsWith(PREFIX));
  for (const key of keys) if ((read(key)?.stamp ?? 0) < Date.now() - OLD_MS) localStorage.removeItem(key);
}
