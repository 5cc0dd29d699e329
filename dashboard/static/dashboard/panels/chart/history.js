// The bars and marks of one width: the newest page, older ones before it, and when they are asked for again.

import { Bars, secondsOf } from "./bars.js";
import { Marks } from "./marks.js";
import { timeOf } from "./words.js";

// By then the minute before is stored and closed; not all pages ask at once.
const RELOAD_AFTER_MS = 5000;
const RELOAD_WITHIN_MS = 3000;
// What an account or a feed just said is in the database soon.
const MARKS_AFTER_MS = 1000;

export class History {
  // `shown` is told that bars or marks changed, and what to say of them: drawBars, drawMarks, say, sayOfPast.
  constructor(addresses, shown) {
    this.addresses = addresses;
    this.shown = shown;
  }

  // Nothing of another width stays.
  begin(name, seconds) {
    this.name = name;
    this.bars = new Bars(seconds);
    this.marks = new Marks();
    this.isLoadingOlder = false;
    this.newestAt = undefined;
  }

  async load() {
    const { bars } = this;
    bars.forgetLive();
    try {
      const page = await asked(this.addresses.candles, { width: this.name });
      bars.take(page);
      if (bars !== this.bars) return;
      this.newestAt = page.length ? secondsOf(page[0]) : undefined;
      this.shown.drawBars();
      this.shown.say(bars.known.size ? "" : gettext("No trade in the last hours. A bar appears with the first one."));
      this.askForMarks();
    } catch {
      if (bars !== this.bars) return;
      this.shown.drawBars();
      this.shown.say(gettext("Earlier bars could not be loaded. Bars go on from now; they are asked for again with the next minute."));
    }
  }

  // The bar that holds a live minute, with it.
  show(minute) {
    this.loadAfter(secondsOf(minute));
    return this.bars.show(minute);
  }

  // What became of the minute before, and the volume of longer bars, are asked for when a new minute begins.
  loadAfter(minuteAt) {
    if (minuteAt > this.minuteAt) {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.load(), RELOAD_AFTER_MS + RELOAD_WITHIN_MS * Math.random());
    }
    this.minuteAt = minuteAt;
  }

  // The page before the first bar, unless there is none, or there are too many.
  async loadOlder(first) {
    const { bars } = this;
    if (this.isLoadingOlder) return;
    if (bars.isWhole) return this.sayOfPast(gettext("History begins at %(time)s: there is no older bar."), first);
    if (bars.isFull) return this.sayOfPast(gettext("Bars of this width go back to %(time)s here: wider ones go further."), first);
    this.isLoadingOlder = true;
    this.sayOfPast(gettext("Bars older than %(time)s are being loaded."), first);
    try {
      const page = await asked(this.addresses.candles, { width: this.name, before: secondsOf(first) });
      if (bars !== this.bars) return;
      bars.takeOlder(page);
      this.isLoadingOlder = false;
      if (!page.length) return this.loadOlder(first);
      this.shown.sayOfPast("");
      this.shown.drawBars();
      this.askForMarks(secondsOf(page[0]), secondsOf(first));
    } catch {
      if (bars !== this.bars) return;
      this.isLoadingOlder = false;
      this.sayOfPast(gettext("Bars older than %(time)s could not be loaded. Scroll to try again."), first);
    }
  }

  sayOfPast(words, first) {
    this.shown.sayOfPast(interpolate(words, { time: timeOf(first) }, true));
  }

  askForMarksSoon() {
    clearTimeout(this.marksTimer);
    this.marksTimer = setTimeout(() => this.askForMarks(), MARKS_AFTER_MS);
  }

  // From one time until another, or of the newest page. What is known stays where nobody answers.
  async askForMarks(from = this.newestAt, to = undefined) {
    const { marks } = this;
    if (from === undefined) return;
    try {
      const query = to === undefined ? { from } : { from, to };
      marks.take(await asked(this.addresses.marks, query), from, to ?? Infinity);
    } catch {
      return;
    }
    if (marks === this.marks) this.shown.drawMarks();
  }
}

async function asked(address, query) {
  const url = new URL(address, location.href);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  const answer = await fetch(url, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  return answer.json();
}
