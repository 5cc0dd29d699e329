// The flow panel: what takers bought and sold in each bucket, at which venues, and what stands out.

import { price, write } from "../figures.js";
import { amount, part, pattern, shares, signed, since, span, strength, timeOf } from "../market.js";
import { draw } from "./flow_drawing.js";
import { Panel, press } from "./panel.js";

// As many as the server keeps: feeds/market/lately.py.
const KEPT = 60;

export class FlowPanel extends Panel {
  constructor(block, page) {
    super(block, page);
    this.width = 60;
    // By width and by the time of their beginning.
    this.buckets = { 60: new Map(), 1: new Map() };
    this.whole = "0";
    // The note is that of the whole hour.
    this.parts = this.rows("venues", "share", (cells, [code, volume]) => this.fillShare(cells, code, volume), null);
    this.patterns = this.rows("patterns", "pattern", fillPattern, null);
    this.lines = this.rows("buckets", "bucket", (cells, bucket) => this.fillBucket(cells, bucket), null);
    this.buttons = [...block.querySelectorAll("[data-width]")];
    for (const button of this.buttons) {
      button.hidden = false;
      button.addEventListener("click", () => this.choose(button));
    }
  }

  wishes() {
    const { feed, instrument } = this.about;
    return [{ topic: "flow", feed, instrument }];
  }

  // All that is known comes again.
  hear_snapshot() {
    for (const buckets of Object.values(this.buckets)) buckets.clear();
  }

  choose(button) {
    this.width = Number(button.dataset.width);
    press(this.buttons, button);
    this.showSoon();
  }

  hear_flow({ since_at, volume, venues, patterns }) {
    this.whole = volume;
    this.fields.note.hidden = since_at !== null;
    write(this.fields.since, since_at ? since(since_at) : "");
    this.parts.show(Object.entries(venues));
    this.patterns.show(patterns);
  }

  hear_bucket(message) {
    const known = this.buckets[message.width];
    known.set(message.start_at, message);
    // Also of the width that is not shown.
    if (known.size > KEPT) known.delete([...known.keys()].sort()[0]);
    this.showSoon();
  }

  // Many buckets come in one frame; they are shown together.
  showSoon() {
    this.frame ??= requestAnimationFrame(() => this.show());
  }

  show() {
    this.frame = null;
    const buckets = this.newest();
    const { drawing, total } = this.fields;
    drawing.hidden = buckets.length === 0;
    draw(this.fields, buckets, KEPT);
    write(total, buckets.length ? signed(buckets.at(-1).cvd) : "");
    this.lines.show(buckets.toReversed());
  }

  // Oldest first.
  newest() {
    const known = this.buckets[this.width];
    return [...known.keys()].sort().map((start) => known.get(start));
  }

  fillShare(cells, code, volume) {
    const share = part(volume, this.whole);
    write(cells.name, this.page.venueName(code));
    write(cells.told, `${share} % (${amount(volume)})`);
    cells.bar.setAttribute("width", share);
  }

  fillBucket(cells, bucket) {
    write(cells.time, timeOf(bucket.width, bucket.start_at));
    write(cells.buy, amount(bucket.buy));
    write(cells.sell, amount(bucket.sell));
    write(cells.delta, signed(bucket.delta));
    write(cells.cvd, signed(bucket.cvd));
    write(cells.vwap, bucket.vwap ? price(bucket.vwap) : "–");
    write(cells.count, String(bucket.trades));
    write(cells.shares, shares(bucket, (code) => this.page.venueName(code)));
  }
}

function fillPattern(cells, found) {
  write(cells.time, span(found));
  write(cells.told, pattern(found));
  write(cells.strength, strength(found));
}
