// The trade tape: the last trades of the shown instrument, newest on top.

import { fields, price, size, timeOfDay, write } from "./figures.js";

const LENGTH = 50;

export class Tape {
  constructor(body, template, note, venueNames) {
    this.body = body;
    this.row = template.content.firstElementChild;
    this.note = note;
    this.venueNames = venueNames;
    this.instrument = document.getElementById("board").dataset.instrument;
  }

  clear() {
    this.body.replaceChildren();
    this.note.hidden = false;
    this.isFresh = true;
  }

  show(message) {
    if (message.instrument !== this.instrument) return;
    if (message.is_snapshot) this.clear();
    const trades = message.trades.slice(-LENGTH);
    this.body.prepend(...trades.reverse().filter((trade) => !this.release(trade)).map((trade) => this.rowOf(trade)));
    while (this.body.rows.length > LENGTH) this.body.lastElementChild.remove();
    this.note.hidden = this.body.rows.length > 0;
    this.isFresh = false;
  }

  // One that comes again was released from quarantine: it stays in its place.
  release(trade) {
    const held = [...this.body.querySelectorAll("[data-held]")].find((row) => row.dataset.id === trade.id);
    held?.replaceWith(this.rowOf(trade));
    return held !== undefined;
  }

  rowOf(trade) {
    const row = this.row.cloneNode(true);
    const cells = fields(row);
    row.dataset.side = trade.side;
    row.dataset.id = trade.id;
    row.toggleAttribute("data-held", Boolean(trade.held));
    // Rows of the first look are not news, so they do not light up.
    row.classList.toggle("new", !this.isFresh);
    write(cells.time, timeOfDay(trade.traded_at));
    write(cells.side, trade.side);
    write(cells.price, price(trade.price));
    write(cells.held, trade.held && `no price: ${trade.held}`);
    write(cells.size, size(trade.size));
    write(cells.venue, this.venueNames.get(trade.venue) ?? trade.venue);
    return row;
  }
}
