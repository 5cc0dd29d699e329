// The price panel: the number, where it is from and why, and whether it may still be believed.

import { age, moveLabel, price, say, timeOfDay, write } from "../figures.js";
import { arrow, direction, percent, significance, stands } from "../market.js";
import { Panel } from "./panel.js";
import { Passport } from "./passport.js";

// Of so many new prices one is told to the server when it is painted.
const TOLD_OF = 100;

export class PricePanel extends Panel {
  constructor(block, page) {
    super(block, page);
    this.horizons = this.rows("moves", "move", fillMove, null);
    this.passport = new Passport(block.querySelector(".passport"));
    this.seenAt = block.dataset.seenAt ?? null;
    this.number = this.fields.price.textContent;
    this.source = null;
    this.receivedAt = null;
  }

  wishes() {
    const { feed, instrument } = this.about;
    return [{ topic: "price", feed, instrument }, { topic: "venues", feed }];
  }

  // The next price is the first of a connection: nobody knows when it would have been painted.
  hear_snapshot() {
    this.receivedAt = null;
  }

  hear_price(message) {
    const { fields } = this;
    this.seenAt = message.seen_at;
    this.number = price(message.price);
    this.block.dataset.move = message.move;
    this.block.dataset.venue = message.venue;
    fields.note.hidden = true;
    write(fields.price, this.number);
    write(fields.venue, this.page.venueName(message.venue));
    for (const name of ["bid", "ask", "spread"]) write(fields[name], message[name] ? price(message[name]) : "–");
    write(fields.bps, message.spread_bps ? `${message.spread_bps} bps` : "");
    this.passport.show(message.passport);
    this.tellSource();
    this.tellPaint(message.received_at);
  }

  // How far it moved, measured by its own noise, and where it stands in its day.
  hear_moves({ horizons, day }) {
    const { fields } = this;
    this.horizons.show(horizons);
    fields.day.hidden = !day;
    if (!day) return;
    fields.place.setAttribute("x", day.place);
    write(fields.low, price(day.low));
    write(fields.high, price(day.high));
    write(fields.change, percent(day.change));
    write(fields.stands, stands(day, this.page.clock));
  }

  // A page that nobody sees paints nothing.
  tellPaint(receivedAt) {
    const isNew = this.receivedAt !== null && receivedAt !== this.receivedAt;
    this.receivedAt = receivedAt;
    if (!isNew || document.hidden || Math.random() * TOLD_OF >= 1) return;
    // What is asked for in a frame happens before it is painted; a task after it, right after that.
    requestAnimationFrame(() => setTimeout(() => this.page.tellPainted(receivedAt)));
  }

  // Takes from where the feed says that prices are: of this instrument perhaps from elsewhere than the rest.
  hear_feed({ lead, diverted }) {
    this.source = diverted[this.about.instrument] ?? lead;
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
  tell(clock) {
    if (this.seenAt === null) return;
    const seconds = clock.secondsSince(this.seenAt);
    const state = seconds > this.page.staleAfter || !this.block.dataset.source ? "stale" : "fresh";
    const old = age(seconds);
    write(this.fields.age, old);
    write(this.fields.badge, state === "stale" ? say(gettext("STALE %(age)s"), { age: old }) : gettext("FRESH"));
    write(this.fields.move, state === "stale" ? lastHeard(this.seenAt) : moveLabel(this.block.dataset.move));
    if (state !== this.block.dataset.state) {
      this.block.dataset.state = state;
      // Spoken once when it happens; the age itself would be spoken without end.
      const news = state === "stale" ? gettext("%(name)s: the price is stale.") : gettext("%(name)s: the price is fresh again.");
      this.page.say(this, say(news, { name: this.about.instrument }));
    }
    this.page.title(this, `${this.doubt(state)}${this.number} ${this.about.instrument} · OMEGA`);
  }

  // The title of a window is read while its page is not.
  doubt(state) {
    if (state === "stale") return `${gettext("STALE")} · `;
    return this.page.isPaused ? `${gettext("Paused")} · ` : "";
  }
}

function fillMove(cells, move) {
  const row = cells.told.parentElement;
  row.dataset.direction = direction(move);
  row.dataset.level = move.level;
  write(cells.arrow, arrow(move));
  write(cells.told, significance(move));
}

const lastHeard = (iso) => say(gettext("Not current: last heard at %(time)s"), { time: timeOfDay(iso) });
