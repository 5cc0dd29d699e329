// The price panel: the number, where it is from and why, and whether it may still be believed.

import { age, fields, moveLabel, price, timeOfDay, write } from "./figures.js";

// Of so many new prices one is told to the server when it is painted.
const TOLD_OF = 100;

export class PricePanel {
  constructor(block, passport, venueNames) {
    this.block = block;
    this.passport = passport;
    this.venueNames = venueNames;
    this.fields = fields(block);
    this.instrument = document.getElementById("board").dataset.instrument;
    this.seenAt = block.dataset.seenAt ?? null;
    this.number = this.fields.price.textContent;
    this.source = null;
    this.receivedAt = null;
    this.onStale = () => {};
    this.onPaint = () => {};
  }

  // The next price is the first of a connection: nobody knows when it would have been painted.
  startOver() {
    this.receivedAt = null;
  }

  show(message) {
    if (message.instrument !== this.instrument) return;
    const { fields } = this;
    this.seenAt = message.seen_at;
    this.number = price(message.price);
    this.block.dataset.move = message.move;
    this.block.dataset.venue = message.venue;
    fields.note.hidden = true;
    write(fields.price, this.number);
    write(fields.venue, this.venueNames.get(message.venue) ?? message.venue);
    for (const name of ["bid", "ask", "spread"]) write(fields[name], message[name] ? price(message[name]) : "–");
    this.passport.show(message.passport);
    this.tellSource();
    this.tellPaint(message.received_at);
  }

  // A page that nobody sees paints nothing.
  tellPaint(receivedAt) {
    const isNew = this.receivedAt !== null && receivedAt !== this.receivedAt;
    this.receivedAt = receivedAt;
    if (!isNew || document.hidden || Math.random() * TOLD_OF >= 1) return;
    // What is asked for in a frame happens before it is painted; a task after it, right after that.
    requestAnimationFrame(() => setTimeout(() => this.onPaint(receivedAt)));
  }

  // Takes from where the feed says that prices are: of this instrument perhaps from elsewhere than the rest.
  follow({ lead, diverted }) {
    this.source = diverted[this.instrument] ?? lead;
    this.block.dataset.source = this.source.venue;
    this.tellSource();
  }

  // Price and feed come one after the other: for a moment they may be of different venues.
  tellSource() {
    if (!this.source) return;
    const { venue, text, detail } = this.source;
    const fits = !venue || venue === this.block.dataset.venue;
    write(this.fields.source, fits ? text : "");
    this.fields.source.title = fits ? detail : "";
  }

  // Called several times a second: time alone turns a fresh price into a stale one. One that no venue delivers is stale
  // at once.
  tell(clock, staleAfter) {
    if (this.seenAt === null) return;
    const seconds = clock.secondsSince(this.seenAt);
    const state = seconds > staleAfter || !this.block.dataset.source ? "stale" : "fresh";
    const old = age(seconds);
    write(this.fields.age, old);
    write(this.fields.badge, state === "stale" ? `STALE ${old}` : "FRESH");
    write(this.fields.move, state === "stale" ? lastHeard(this.seenAt) : moveLabel(this.block.dataset.move));
    if (state !== this.block.dataset.state) {
      this.block.dataset.state = state;
      this.onStale(state === "stale");
    }
    const title = `${state === "stale" ? "STALE · " : ""}${this.number} ${this.instrument} · OMEGA`;
    if (document.title !== title) document.title = title;
  }
}

const lastHeard = (iso) => `Not current: last heard at ${timeOfDay(iso)}`;
