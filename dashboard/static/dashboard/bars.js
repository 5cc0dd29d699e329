// The bars of the chart: whole from the server, the last one grown by the live minute.

const MINUTE = 60;

export class Bars {
  constructor(width) {
    this.width = width;
    this.known = new Map();
    this.live = new Map();
  }

  // Minutes of an earlier connection may lack what came in between.
  forgetLive() {
    this.live.clear();
  }

  // What the server has stored; minutes that were told while it was on its way may be newer.
  take(bars) {
    this.known = new Map(bars.map((bar) => [secondsOf(bar), bar]));
    for (const minute of this.live.values()) this.grow(minute);
  }

  // The bar that holds this minute, with it.
  show(minute) {
    this.live.set(minute.start_at, minute);
    return this.grow(minute);
  }

  grow(minute) {
    const start = Math.floor(secondsOf(minute) / this.width) * this.width;
    const known = this.known.get(start);
    const bar = this.width === MINUTE ? fuller(minute, known) : widened(minute, known, start);
    this.known.set(start, bar);
    return bar;
  }

  sorted() {
    return [...this.known.values()].sort((a, b) => secondsOf(a) - secondsOf(b));
  }
}

export const secondsOf = (bar) => Date.parse(bar.start_at) / 1000;

// A minute only grows: of the socket's and the database's, the one with more volume knows more. What is missing of it
// is known to the database alone.
function fuller(minute, known) {
  if (!known) return minute;
  const more = +known.volume > +minute.volume ? known : minute;
  return { ...more, status: known.status, gap_seconds: known.gap_seconds };
}

// Volumes cannot be added, because a minute is told again as it grows: that of a longer bar is as of the last load.
function widened(minute, known, start) {
  if (!known?.open) return { ...minute, ...missing(known), start_at: new Date(start * 1000).toISOString() };
  const high = +minute.high > +known.high ? minute.high : known.high;
  const low = +minute.low < +known.low ? minute.low : known.low;
  return { ...known, high, low, close: minute.close };
}

const missing = (known) => (known ? { status: known.status, gap_seconds: known.gap_seconds } : {});
