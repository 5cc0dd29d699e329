// How numbers, ages and states read on the page; templatetags/figures.py says the same for the first paint.

const STATES = {
  idle: "Waiting",
  connecting: "Connecting",
  connected: "Connected",
  silent: "Silent",
  disconnected: "Disconnected",
  blocked: "Blocked",
  disabled: "Disabled",
  unknown: "Unknown",
};
const CIRCUITS = { open: "left alone for now", "half-open": "being tried again" };
const MOVES = { up: "Up from the last price", down: "Down from the last price" };

// Works on the digits themselves: a price never goes through a float on its way to the screen.
function grouped(number, leastDecimals) {
  const [whole, fraction = ""] = number.split(".");
  const decimals = fraction.replace(/0+$/, "").padEnd(leastDecimals, "0");
  return `${whole.replace(/\B(?=(\d{3})+$)/g, ",")}.${decimals}`;
}

export const price = (number) => grouped(number, 2);
export const size = (number) => grouped(number, 5);
export const stateLabel = (state) => STATES[state] ?? state;
export const moveLabel = (move) => MOVES[move] ?? "";
export const timeOfDay = (iso) => iso.slice(11, 19);

export function age(seconds) {
  const elapsed = Math.max(seconds, 0);
  if (elapsed < 10) return `${(Math.floor(elapsed * 10) / 10).toFixed(1)} s`;
  if (elapsed < 60) return `${Math.floor(elapsed)} s`;
  if (elapsed < 3600) return `${Math.floor(elapsed / 60)} min`;
  if (elapsed < 86400) return `${Math.floor(elapsed / 3600)} h`;
  return `${Math.floor(elapsed / 86400)} d`;
}

// Half of a venue's data takes so long to us, and 99 of 100.
export const delay = ({ delay_ms }) => (delay_ms ? delay_ms.map(counted).join(" / ") : "–");

// Less than that may be the way from the venue to us.
const SKEWED_MS = 1000;
const counted = (number) => number.toLocaleString("en-GB");
const kinds = (venue) => [["rejected", venue.rejected], ["held back", venue.quarantined]];
const isAny = ([, reasons]) => Object.keys(reasons).length > 0;
const capital = (word) => word[0].toUpperCase() + word.slice(1);

// 2 failures, left alone for now, 12 rejected, clock 9.2 s ahead; nothing where nothing was wrong.
export function flaws(venue) {
  const total = (reasons) => counted(Object.values(reasons).reduce((sum, count) => sum + count));
  const told = failures(venue);
  told.push(...kinds(venue).filter(isAny).map(([word, reasons]) => `${total(reasons)} ${word}`));
  if (venue.quarantined_share) told.push(`${told.pop()} (${venue.quarantined_share})`);
  if (Math.abs(venue.skew_ms ?? 0) >= SKEWED_MS) told.push(`clock ${skew(venue.skew_ms)}`);
  return told.join(", ");
}

function failures({ attempts, circuit }) {
  const failed = attempts ? [`${counted(attempts)} ${attempts === 1 ? "failure" : "failures"}`] : [];
  return circuit in CIRCUITS ? [...failed, CIRCUITS[circuit]] : failed;
}

// The same reason by reason; with the repeats and the venue's clock, which need be no flaw.
export function flawReasons(venue) {
  const told = kinds(venue).filter(isAny).map(([word, reasons]) => `${capital(word)}: ${listed(reasons)}.`);
  if (venue.repeated) told.push(`Repeated: ${counted(venue.repeated)}.`);
  if (venue.skew_ms !== null) told.push(`Clock: ${skew(venue.skew_ms)}.`);
  return told.join(" ");
}

function skew(milliseconds) {
  const digits = { minimumFractionDigits: 1, maximumFractionDigits: 1 };
  const seconds = (Math.floor(Math.abs(milliseconds) / 100) / 10).toLocaleString("en-GB", digits);
  return `${seconds} s ${milliseconds > 0 ? "ahead" : "behind"}`;
}

function listed(reasons) {
  const mostFirst = Object.entries(reasons).sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  return mostFirst.map(([reason, count]) => `${reason} ${counted(count)}`).join(", ");
}

// Writes only what changed, so that a quiet page costs no layout.
export function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

// A text, or a figure whose every digit is its title.
export function writeValue(element, value) {
  write(element, String(value.text ?? value));
  if ("exact" in Object(value)) element.title = value.exact;
}

// The elements of a block by their data-field.
export function fields(block) {
  return Object.fromEntries([...block.querySelectorAll("[data-field]")].map((e) => [e.dataset.field, e]));
}
