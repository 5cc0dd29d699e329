// How numbers, ages and states read on the page; templatetags/figures.py says the same for the first paint.

const STATES = {
  idle: gettext("Waiting"),
  connecting: gettext("Connecting"),
  connected: gettext("Connected"),
  silent: gettext("Silent"),
  disconnected: gettext("Disconnected"),
  blocked: gettext("Blocked"),
  disabled: gettext("Disabled"),
  unknown: gettext("Unknown"),
};
const CIRCUITS = { open: gettext("left alone for now"), "half-open": gettext("being tried again") };
const MOVES = { up: gettext("Up from the last price"), down: gettext("Down from the last price") };

// How the reader wants numbers and times, as dashboard/manner.py writes them into the page.
const { numbers = "plain", zone = "UTC" } = document.documentElement.dataset;
const SEPARATORS = { plain: [",", "."], continental: [".", ","], spaced: ["\u00a0", "."] };
const [GROUP, POINT] = SEPARATORS[numbers] ?? SEPARATORS.plain;
const CLOCK = { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" };
const clock = new Intl.DateTimeFormat("en-GB", { ...CLOCK, timeZone: zone });
const calendar = new Intl.DateTimeFormat("sv-SE", { dateStyle: "short", timeZone: zone });

// A text with its named values in place.
export const say = (text, values) => interpolate(text, values, true);

// A number that is written as 1234.56.
export function written(digits) {
  const [whole, fraction] = digits.split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, GROUP);
  return fraction === undefined ? grouped : grouped + POINT + fraction;
}

// Works on the digits themselves: a price never goes through a float on its way to the screen.
function grouped(number, leastDecimals) {
  const [whole, fraction = ""] = number.split(".");
  const decimals = fraction.replace(/0+$/, "").padEnd(leastDecimals, "0");
  return written(`${whole}.${decimals}`);
}

export const price = (number) => grouped(number, 2);
export const size = (number) => grouped(number, 5);
export const stateLabel = (state) => STATES[state] ?? state;
export const moveLabel = (move) => MOVES[move] ?? "";
export const timeOfDay = (iso) => (zone === "UTC" ? iso.slice(11, 19) : clock.format(Date.parse(iso)));
export const minuteOfDay = (iso) => timeOfDay(iso).slice(0, 5);
export const day = (iso) => (zone === "UTC" ? iso.slice(0, 10) : calendar.format(Date.parse(iso)));

// A time of today; before it the day where that is another one.
export const moment = (iso) => (day(iso) === day(new Date().toISOString()) ? timeOfDay(iso) : `${day(iso)} ${timeOfDay(iso)}`);

export function age(seconds) {
  const elapsed = Math.max(seconds, 0);
  if (elapsed < 10) return say(gettext("%(n)s s"), { n: written((Math.floor(elapsed * 10) / 10).toFixed(1)) });
  if (elapsed < 60) return say(gettext("%(n)s s"), { n: Math.floor(elapsed) });
  if (elapsed < 3600) return say(gettext("%(n)s min"), { n: Math.floor(elapsed / 60) });
  if (elapsed < 86400) return say(gettext("%(n)s h"), { n: Math.floor(elapsed / 3600) });
  return say(gettext("%(n)s d"), { n: Math.floor(elapsed / 86400) });
}

// Half of a venue's data takes so long to us, and 99 of 100.
export const delay = ({ delay_ms }) => (delay_ms ? delay_ms.map(counted).join(" / ") : "–");

// Less than that may be the way from the venue to us.
const SKEWED_MS = 1000;
const counted = (number) => written(String(number));
const isAny = (reasons) => Object.keys(reasons).length > 0;
const total = (reasons) => ({ n: counted(Object.values(reasons).reduce((sum, count) => sum + count, 0)) });

// 2 failures, left alone for now, 12 rejected, clock 9.2 s ahead; nothing where nothing was wrong.
export function flaws(venue) {
  const { rejected, quarantined, quarantined_share, skew_ms } = venue;
  const told = failures(venue);
  if (isAny(rejected)) told.push(say(gettext("%(n)s rejected"), total(rejected)));
  if (isAny(quarantined)) told.push(say(gettext("%(n)s held back"), total(quarantined)));
  if (quarantined_share) told.push(`${told.pop()} (${quarantined_share})`);
  if (Math.abs(skew_ms ?? 0) >= SKEWED_MS) {
    const clock = skew_ms > 0 ? gettext("clock %(seconds)s s ahead") : gettext("clock %(seconds)s s behind");
    told.push(say(clock, seconds(skew_ms)));
  }
  return told.join(", ");
}

function failures({ attempts, circuit }) {
  const text = ngettext("%(n)s failure", "%(n)s failures", attempts);
  const failed = attempts ? [say(text, { n: counted(attempts) })] : [];
  return circuit in CIRCUITS ? [...failed, CIRCUITS[circuit]] : failed;
}

// The same reason by reason; with the repeats and the venue's clock, which need be no flaw.
export function flawReasons({ rejected, quarantined, repeated, skew_ms }) {
  const told = [];
  if (isAny(rejected)) told.push(say(gettext("Rejected: %(reasons)s."), { reasons: listed(rejected) }));
  if (isAny(quarantined)) told.push(say(gettext("Held back: %(reasons)s."), { reasons: listed(quarantined) }));
  if (repeated) told.push(say(gettext("Repeated: %(n)s."), { n: counted(repeated) }));
  if (skew_ms !== null) {
    const clock = skew_ms > 0 ? gettext("Clock: %(seconds)s s ahead.") : gettext("Clock: %(seconds)s s behind.");
    told.push(say(clock, seconds(skew_ms)));
  }
  return told.join(" ");
}

const tenths = (milliseconds) => (Math.floor(Math.abs(milliseconds) / 100) / 10).toFixed(1);
const seconds = (milliseconds) => ({ seconds: written(tenths(milliseconds)) });

function listed(reasons) {
  const mostFirst = Object.entries(reasons).sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  return mostFirst.map(([reason, count]) => `${reason} ${counted(count)}`).join(", ");
}

// Writes only what changed, so that a quiet page costs no layout.
export function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

// Such a time, with UTC as its title where it is told in another zone.
export function writeTime(element, iso) {
  write(element, moment(iso));
  if (zone !== "UTC") element.title = `${iso.slice(11, 19)} UTC`;
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
