// Loads the page again when it no longer fits the feed, but not in a storm.

// A page may be newer than what its server tells over the socket, which follows an edit within this time: loaded
// again at once, it would be just as new.
const RELOAD_EVERY_MS = 5000;
const KEY = "reloaded-at";
// Why, by name. What one asks for no other takes back.
const reasons = new Set();
let timer = null;
// When somebody went to another page, as the tab does that logs out: its socket may end before it is there.
let leftAt = -Infinity;
window.addEventListener("beforeunload", () => { leftAt = Date.now(); });

// Of the same reason, only the last answer before it happens counts.
export function reloadSoon(reason, isNeeded = true) {
  if (isNeeded) reasons.add(reason);
  else reasons.delete(reason);
  if (reasons.size) timer ??= setTimeout(reload, wait());
  else stay();
}

// Takes everything back.
export function stay() {
  clearTimeout(timer);
  timer = null;
  reasons.clear();
}

function wait() {
  const sinceLast = Date.now() - Number(sessionStorage.getItem(KEY));
  // Negative when the clock of this machine was set back.
  return sinceLast < 0 ? RELOAD_EVERY_MS : Math.max(0, RELOAD_EVERY_MS - sinceLast);
}

function reload() {
  if (Date.now() - leftAt < RELOAD_EVERY_MS) {
    timer = setTimeout(reload, RELOAD_EVERY_MS);
    return;
  }
  sessionStorage.setItem(KEY, Date.now());
  location.reload();
}
