// The bars of the chart: whole from the server, page by page, the last one grown by the live minute.

const MINUTE = 60;
// So many are kept, and a page has at most so many.
const MOST = 5000;
const PAGE = 500;

export class Bars {
  constructor(width) {
    this.width = width;
    this.known = new Map();
    this.live = new Map();
    // Whether the first one is the first that there is.
    this.isWhole = false;
  }

  // Whether older ones would be too many.
  get isFull() {
    return this.known.size > MOST - PAGE;
  }

  // Minutes of an earlier connection may lack what came in between.
  forgetLive() {
    this.live.clear();
  }

  // The newest page; minutes that were told while it was on its way may be newer. Older bars stay where it joins them.
  take(page) {
    const firstAt = page.length ? secondsOf(page[0]) : Infinity;
    const older = this.sorted().filter((bar) => secondsOf(bar) < firstAt);
    const isJoined = older.length < this.known.size;
    if (!isJoined) this.isWhole = false;
    this.known = new Map([...(isJoined ? older : []), ...page].map((bar) => [secondsOf(bar), bar]));
    for (const minute of this.live.values()) this.grow(minute);
    this.trim();
  }

  // The page before the first bar; an empty one says that there is none.
  takeOlder(page) {
    for (const bar of page) this.known.set(secondsOf(bar), bar);
    this.isWhole = page.length === 0;
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

  trim() {
    if (this.known.size <= MOST) return;
    this.known = new Map(this.sorted().slice(-MOST).map((bar) => [secondsOf(bar), bar]));
    this.isWhole = false;
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
