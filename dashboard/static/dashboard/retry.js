// When to try again after a connection ended. Pure, but for chance.

// dashboard/protocol/codes.py and RFC 6455 7.4.1.
const GOING_AWAY = 1001;
const SERVICE_RESTART = 1012;
const DISCONNECTED = 4001;
const REPLACED = 4002;
const CHANGED = 4003;
const NOT_LOGGED_IN = 4401;
const NOT_ALLOWED = 4403;
const TOO_MANY = 4429;

const WAIT_MS = 5000;
const JITTER_MS = 2500;
// All browsers of a server that goes away come back together: spread over this time.
const STORM_MS = 5000;
// Once the line is lost it is still tried now and then.
const SLOW_MS = 60000;
const MOST_FAILURES = 3;

// An operator sent this page away: only a person may bring it back.
export const isSentAway = (code) => code === DISCONNECTED;

// Another try would end in the same way, and what the server said of it is to be read now.
const isLostAtOnce = (code) => isSentAway(code) || code === REPLACED || code === TOO_MANY;

// The page itself says what is allowed now: who is logged out gets the login, who wants another language that.
export const needsReload = (code) => [NOT_LOGGED_IN, NOT_ALLOWED, CHANGED].includes(code);

// Failures in a row, after one more or after one of a connection that stood.
export function failuresAfter(code, failures, hasStood) {
  if (isLostAtOnce(code)) return MOST_FAILURES;
  return hasStood ? 0 : failures + 1;
}

export const isLost = (failures) => failures >= MOST_FAILURES;

export function waitMs(code, failures) {
  if (isLost(failures)) return SLOW_MS + JITTER_MS * Math.random();
  if (code === GOING_AWAY || code === SERVICE_RESTART) return STORM_MS * Math.random();
  return WAIT_MS + JITTER_MS * Math.random();
}
