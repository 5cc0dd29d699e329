// What happened while the bars went by: the price moved to another venue, data went missing, accounts traded.

import { price, size, timeOfDay } from "../../figures.js";

const seconds = (iso) => Date.parse(iso) / 1000;
// What is told of one bar at most; the rest is counted.
const TOLD = 6;

export class Marks {
  constructor() {
    this.known = [];
    this.isCut = false;
  }

  // All that the server knows from one time until another, in seconds.
  take({ switches, gaps, fills, is_cut }, from, to) {
    const found = [...switches.map(switchMark), ...gaps.map(gapMark), ...fills.map(fillMark)];
    const told = new Set(found.map(({ key }) => key));
    const others = this.known.filter(({ key, asked }) => !told.has(key) && (asked < from || asked >= to));
    this.known = [...others, ...found.map((mark) => ({ ...mark, asked: Math.max(mark.from, from) }))];
    this.isCut ||= is_cut;
  }

  // What was over before the first bar is drawn nowhere.
  forgetBefore(time) {
    this.known = this.known.filter(({ to }) => to >= time);
  }

  count(kind) {
    return this.known.filter((mark) => mark.kind === kind).length;
  }

  // What the picture draws on bars that start at these times: one mark for all that are alike on a bar.
  drawn(starts, kinds) {
    const alike = new Map();
    for (const mark of this.known.filter(({ kind, to }) => kinds.has(kind) && to >= starts[0])) {
      const time = starts[Math.max(0, indexOf(starts, mark.from))];
      const key = `${time} ${mark.kind} ${mark.look.text}`;
      const { number } = alike.get(key) ?? { number: 0 };
      alike.set(key, { time, ...mark.look, number: number + 1 });
    }
    return [...alike.values()].map(counted).sort((a, b) => a.time - b.time);
  }

  // In words what is marked between two times.
  told(from, to, kinds) {
    const met = this.known.filter((mark) => kinds.has(mark.kind) && mark.from < to && mark.to >= from);
    const words = met.sort((a, b) => a.from - b.from).map((mark) => mark.words);
    const more = words.length - TOLD;
    if (more > 0) words.splice(TOLD, more, interpolate(ngettext("and %(n)s more", "and %(n)s more", more), { n: more }, true));
    return words;
  }
}

// The last of the starts that is not after the time; they rise.
export function indexOf(starts, time) {
  let [low, high] = [0, starts.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (starts[middle] <= time) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function counted({ number, text, ...mark }) {
  return { ...mark, text: number > 1 ? `${text} ${number}×` : text };
}

function switchMark({ at, from_venue, to_venue, text }) {
  const given = { time: timeOfDay(at), from: from_venue || gettext("nobody"), to: to_venue || gettext("nobody"), why: text };
  return {
    kind: "switches",
    key: `switch ${at} ${to_venue}`,
    from: seconds(at),
    to: seconds(at),
    look: { shape: "arrowDown", position: "aboveBar", color: "accent", text: `→ ${given.to}` },
    words: interpolate(gettext("%(time)s from %(from)s to %(to)s: %(why)s"), given, true),
  };
}

// What became of a gap: how it looks, and how it is called.
const FATES = {
  open: { text: "?", color: "warn", told: () => gettext("open") },
  repaired: { text: "✓", color: "quiet", told: () => gettext("repaired") },
  unrepairable: { text: "×", color: "loss", told: () => gettext("lost") },
};

function gapMark({ venue, from_at, to_at, status, filled, text }) {
  const { told, ...look } = FATES[status];
  const given = { venue, status: told(), from: timeOfDay(from_at), to: to_at && timeOfDay(to_at), why: text, filled };
  return {
    kind: "gaps",
    key: `gap ${venue} ${from_at}`,
    from: seconds(from_at),
    to: to_at ? seconds(to_at) : Infinity,
    look: { shape: "square", position: "belowBar", ...look },
    words: interpolate(gapWords(status, to_at), given, true),
  };
}

function gapWords(status, to_at) {
  if (!to_at) return gettext("Gap at %(venue)s since %(from)s, %(status)s: %(why)s");
  if (status === "repaired") return gettext("Gap at %(venue)s %(from)s to %(to)s, %(status)s with %(filled)s trades");
  return gettext("Gap at %(venue)s %(from)s to %(to)s, %(status)s: %(why)s");
}

function fillMark({ at, account, side, price: paid, size: amount }) {
  const isBuy = side === "buy";
  const given = { time: timeOfDay(at), account, price: price(paid), size: size(amount) };
  const fmt = isBuy
    ? gettext("%(time)s %(account)s bought %(size)s at %(price)s")
    : gettext("%(time)s %(account)s sold %(size)s at %(price)s");
  const look = isBuy
    ? { shape: "arrowUp", position: "belowBar", color: "up", text: gettext("Buy") }
    : { shape: "arrowDown", position: "aboveBar", color: "down", text: gettext("Sell") };
  const key = `fill ${account} ${at} ${side} ${paid} ${amount}`;
  return { kind: "fills", key, from: seconds(at), to: seconds(at), look, words: interpolate(fmt, given, true) };
}
