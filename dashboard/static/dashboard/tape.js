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
    const trades = message.trades.filter((trade) => trade.instrument === this.instrument).slice(-LENGTH);
    if (!trades.length) return;
    const rows = trades.reverse().map((trade) => this.rowOf(trade));
    this.body.prepend(...rows);
    while (this.body.rows.length > LENGTH) this.body.lastElementChild.remove();
    this.note.hidden = true;
    this.isFresh = false;
  }

  rowOf(trade) {
    const row = this.row.cloneNode(true);
    const cells = fields(row);
    row.dataset.side = trade.side;
    // Rows of the first look are not news, so they do not light up.
    row.classList.toggle("new", !this.isFresh);
    write(cells.time, timeOfDay(trade.traded_at));
    write(cells.side, trade.side);
    write(cells.price, price(trade.price));
    write(cells.size, size(trade.size));
    write(cells.venue, this.venueNames.get(trade.venue) ?? trade.venue);
    return row;
  }
}
