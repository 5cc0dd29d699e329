// How moves, ranges and flows read on the page; templatetags/market.py says the same for the first paint.

import { minuteOfDay, say, size, timeOfDay, written } from "./figures.js";

const ARROWS = { up: "▲", down: "▼", even: "•" };

// Where a move goes; nowhere, where it is not significant.
export function direction({ z, level }) {
  if (z === null || level === "none" || !level) return "even";
  return z > 0 ? "up" : "down";
}

export const arrow = (move) => ARROWS[direction(move)];

// Strong +0.42 % in 5 min, z 3.4: the word, the move and its z; or why it cannot be told.
export function significance(move) {
  const { minutes, change, z, wait_s: wait } = move;
  const told = { minutes, change: percent(change), z: written((z ?? 0).toFixed(1)), wait: waiting(wait) };
  return interpolate(sentence(move), told, true);
}

function sentence({ level, doubt }) {
  return {
    none: gettext("usual %(change)s in %(minutes)s min, z %(z)s"),
    notable: gettext("notable %(change)s in %(minutes)s min, z %(z)s"),
    strong: gettext("strong %(change)s in %(minutes)s min, z %(z)s"),
    extreme: gettext("extreme %(change)s in %(minutes)s min, z %(z)s"),
    short: gettext("over %(minutes)s min: told in %(wait)s, when there is enough history"),
    gap: gettext("over %(minutes)s min: not told, no trade is known from then or from now"),
    still: gettext("over %(minutes)s min: not told, too little moves to measure by"),
  }[level || doubt];
}

// Of a feed: a budget that is spent quickly is being spent slowly too, which nobody needs to be told beside it.
export function worst(alerts) {
  const isQuick = alerts.some(({ kind }) => kind === "burn-1h");
  return alerts.filter(({ kind }) => !(isQuick && kind === "burn-6h"));
}

const waiting = (seconds) => (
  seconds < 90 ? say(gettext("%(n)s s"), { n: seconds }) : say(gettext("%(n)s min"), { n: Math.ceil(seconds / 60) })
);
const plus = (number) => (number > 0 ? "+" : "");

export function percent(number) {
  return number === null ? "–" : `${plus(number)}${written(number.toFixed(2))} %`;
}

// Which time the range covers, and where the price stands in it.
const NEARLY_A_DAY_S = 23 * 3600 + 55 * 60;
export function stands({ place, since_at: since }, clock) {
  const isWhole = clock.secondsSince(since) >= NEARLY_A_DAY_S;
  const told = { place: `${place} %`, since: since.slice(11, 16) };
  return interpolate(isWhole
    ? gettext("Last 24 h: the price stands at %(place)s of this range.")
    : gettext("Known since %(since)s UTC only: the price stands at %(place)s of this range."), told, true);
}

// Sums of what was traded, to five decimals: they are no prices.
export const amount = (number) => size(Number(number).toFixed(5));
export const signed = (number) => `${plus(Number(Number(number).toFixed(5)))}${amount(number)}`;
export const part = (number, whole) => (Number(whole) ? Math.round((100 * number) / whole) : 0);

// What the taker did.
export const sideWord = (side) => (side === "buy" ? gettext("buy") : gettext("sell"));

// When a trade happened, for who points at it: 12:00:00.123 UTC.
export function milliseconds(iso) {
  const fraction = /\.(\d+)/.exec(iso)?.[1] ?? "";
  return `${iso.slice(11, 19)}.${fraction.slice(0, 3).padEnd(3, "0")} UTC`;
}

// Binance 60 %, OKX 40 %.
export function shares({ venues }, nameOf) {
  const whole = Object.values(venues).reduce((sum, each) => sum + Number(each), 0);
  return Object.entries(venues).map(([code, each]) => `${nameOf(code)} ${part(each, whole)} %`).join(", ");
}

// What it is, by its definition.
export function pattern({ kind, side }) {
  return {
    "one-sided buy": gettext("One-sided: takers bought at least 85 % of each of five buckets or more."),
    "one-sided sell": gettext("One-sided: takers sold at least 85 % of each of five buckets or more."),
    "spike buy": gettext("Spike, mostly bought: far more than usual was traded (robust z of 3 or more)."),
    "spike sell": gettext("Spike, mostly sold: far more than usual was traded (robust z of 3 or more)."),
  }[`${kind} ${side}`];
}

// From when to when: to the second where the buckets are seconds.
export const span = ({ width, start_at, end_at }) => `${timeOf(width, start_at)}–${timeOf(width, end_at)}`;

export const timeOf = (width, iso) => (width === 60 ? minuteOfDay(iso) : timeOfDay(iso));

export const strength = ({ strength: number }) => (
  interpolate(gettext("strength %(strength)s of 1"), { strength: number }, true)
);

// Where the history begins: this is not always a whole hour.
export const since = (iso) => interpolate(gettext("Since %(time)s UTC."), { time: iso.slice(11, 16) }, true);
