// Loads the page again when it no longer fits the feed, but not in a storm.

// A page may be newer than what its server tells over the socket, which follows an edit within this time: loaded
// again at once, it would be just as new.
const RELOAD_EVERY_MS = 5000;
const KEY = "reloaded-at";
let timer;

// Asked again before it happened, only the last answer counts.
export function reloadSoon(isNeeded) {
  clearTimeout(timer);
  if (isNeeded) timer = setTimeout(reload, wait());
}

function wait() {
  const sinceLast = Date.now() - Number(sessionStorage.getItem(KEY));
  // Negative when the clock of this machine was set back.
  return sinceLast < 0 ? RELOAD_EVERY_MS : Math.max(0, RELOAD_EVERY_MS - sinceLast);
}

function reload() {
  sessionStorage.setItem(KEY, Date.now());
  location.reload();
}
