// Notices when the page is looked at again, and when nobody has looked at it for a while.

const LOOK_EVERY_MS = 1000;
// A timer that comes so late did not run: the machine slept, or the tab was frozen.
const SLEPT_AFTER_MS = 4000;
const HIDDEN_AFTER_MS = 60000;

// Calls `act` when tab, machine or network come back, as long as the page is seen.
export function onWake(act) {
  const wake = () => document.hidden || act();
  let lookedAt = Date.now();
  setInterval(() => {
    const slept = Date.now() - lookedAt > SLEPT_AFTER_MS;
    lookedAt = Date.now();
    if (slept) wake();
  }, LOOK_EVERY_MS);
  for (const name of ["visibilitychange", "resume"]) document.addEventListener(name, wake);
  for (const name of ["pageshow", "online"]) window.addEventListener(name, wake);
}

// Calls `act` once the page was hidden for a minute.
export function onHidden(act) {
  let timer;
  const look = () => {
    clearTimeout(timer);
    if (document.hidden) timer = setTimeout(act, HIDDEN_AFTER_MS);
  };
  document.addEventListener("visibilitychange", look);
  look();
}
