// What happened while the bars went by: the price moved to another venue, data went missing, accounts traded.

import { price, size, timeOfDay } from "../../figures.js";

const seconds = (iso) => Date.parse(iso) / 1000;
// What is told of one bar at most; the rest is counted.
const TOLD = 6;

export class Marks {
  constructor() {
    this.known = [];
    // The times of which the server did not tell all.
    this.cuts = [];
    // Of bars whose marks stand for those of later bars too: until when.
    this.reach = new Map();
  }

  get isCut() {
    return this.cuts.length > 0;
  }

  // All that the server knows from one time until another, in seconds.
  take({ switches, gaps, fills, is_cut }, from, to) {
    const found = [...switches.map(switchMark), ...gaps.map(gapMark), ...fills.map(fillMark)];
    const told = new Set(found.map(({ key }) => key));
    const others = this.known.filter(({ key, asked }) => !told.has(key) && (asked < from || asked >= to));
    this.known = [...others, ...found.map((mark) => ({ ...mark, asked: Math.max(mark.from, from) }))];
    const left = this.cuts.map((cut) => ({ ...cut, to: cut.from < from ? Math.min(cut.to, from) : cut.to }));
    this.cuts = left.filter((cut) => cut.from < from || cut.from >= to);
    if (is_cut) this.cuts.push({ from, to });
  }

  // What was over before the first bar is drawn nowhere.
  forgetBefore(time) {
    this.known = this.known.filter(({ to }) => to >= time);
    this.cuts = this.cuts.filter(({ to }) => to >= time);
  }

  count(kind) {
    return this.known.filter((mark) => mark.kind === kind).length;
  }

  // What the picture draws on bars that start at these times. Labels of bars that are less than `apart` from each other
  // would lie on each other: what is marked there on one side is marked on the first of them, once for each kind.
  drawn(starts, kinds, apart) {
    this.reach.clear();
    const groups = new Map();
    const firsts = {};
    for (const mark of this.inOrder(kinds, starts[0], Infinity)) {
      const { position } = mark.look;
      const at = Math.max(0, indexOf(starts, mark.from));
      if (at - (firsts[position] ?? -Infinity) >= apart) firsts[position] = at;
      const time = starts[firsts[position]];
      const key = `${time} ${position} ${mark.kind}`;
      if (!groups.has(key)) groups.set(key, { time, looks: [] });
      groups.get(key).looks.push(mark.look);
      this.reach.set(time, Math.max(mark.from, this.reach.get(time) ?? 0));
    }
    const marks = [...groups.values()].map(({ time, looks }) => ({ time, ...lookOf(looks) }));
    return marks.sort((a, b) => a.time - b.time);
  }

  // In words what is marked between two times, of which the first is that of a bar.
  told(from, to, kinds) {
    const met = this.inOrder(kinds, from, Math.max(to, (this.reach.get(from) ?? 0) + 1));
    const words = met.map((mark) => mark.words);
    const more = words.length - TOLD;
    if (more > 0) words.splice(TOLD, more, interpolate(ngettext("and %(n)s more", "and %(n)s more", more), { n: more }, true));
    return words;
  }

  // What there is between two times, as it began.
  inOrder(kinds, from, to) {
    const met = this.known.filter((mark) => kinds.has(mark.kind) && mark.from < to && mark.to >= from);
    return met.sort((a, b) => a.from - b.from);
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

// One for all of them: with what they have in common, and how many they are.
function lookOf(looks) {
  const [first] = looks;
  const isCommon = (name) => looks.every((look) => look[name] === first[name]);
  const text = isCommon("text") ? first.text : first.name ?? "";
  const number = looks.length > 1 ? `${looks.length}×` : "";
  return { ...first, color: isCommon("color") ? first.color : "text", text: `${text} ${number}`.trim() };
}

function switchMark({ at, from_venue, to_venue, text }) {
  const given = { time: timeOfDay(at), from: from_venue || gettext("nobody"), to: to_venue || gettext("nobody"), why: text };
  return {
    kind: "switches",
    key: `switch ${at} ${to_venue}`,
    from: seconds(at),
    to: seconds(at),
    look: { shape: "arrowDown", position: "aboveBar", color: "accent", text: `→ ${given.to}`, name: gettext("Failovers") },
    words: interpolate(gettext("%(time)s from %(from)s to %(to)s: %(why)s"), given, true),
  };
}

// What became of a gap: how it looks, and how it is called.
const FATES = {
  open: { text: gettext("Gap ?"), color: "warn", told: () => gettext("open") },
  repaired: { text: gettext("Gap ✓"), color: "quiet", told: () => gettext("repaired") },
  unrepairable: { text: gettext("Gap ×"), color: "loss", told: () => gettext("lost") },
};

function gapMark({ venue, from_at, to_at, status, filled, text }) {
  const { told, ...look } = FATES[status];
  const given = { venue, status: told(), from: timeOfDay(from_at), to: to_at && timeOfDay(to_at), why: text, filled };
  return {
    kind: "gaps",
    key: `gap ${venue} ${from_at}`,
    from: seconds(from_at),
    to: to_at ? seconds(to_at) : Infinity,
    look: { shape: "square", position: "belowBar", name: gettext("Gaps"), ...look },
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
