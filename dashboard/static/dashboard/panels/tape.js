// The trade tape: the last trades of the shown instrument, newest on top. It holds still for whoever points at it.

import { fields, price, say, size, timeOfDay, write } from "../figures.js";
import { milliseconds, part, sideWord } from "../market.js";
import { Pace } from "./pace.js";
import { Panel } from "./panel.js";

const LENGTH = 50;
// Of more that come at once nobody sees which are new: they do not light up, which would be drawn sixty times a second.
const SEEN = 3;
// Nobody reads faster, and each time costs a layout.
const PUT_EVERY_MS = 250;

export class TapePanel extends Panel {
  constructor(block, page) {
    super(block, page);
    this.body = this.fields.trades;
    this.note = this.fields.note;
    this.row = block.querySelector('template[data-row="trade"]').content.firstElementChild;
    // What came while it holds still: the newest are kept, all are counted.
    this.waiting = [];
    this.waits = 0;
    // What came since rows were put in.
    this.coming = [];
    this.pace = new Pace(PUT_EVERY_MS, () => this.put());
    this.isPointedAt = this.isHeld = false;
    this.listen();
  }

  listen() {
    const { scroll, hold } = this.fields;
    // A finger that scrolls leaves no pointer behind.
    scroll.addEventListener("pointerenter", ({ pointerType }) => this.point(pointerType === "mouse"));
    scroll.addEventListener("pointerleave", () => this.point(false));
    hold.addEventListener("click", () => this.hold(!this.isHeld));
    hold.hidden = false;
  }

  wishes() {
    const { feed, instrument } = this.about;
    return [{ topic: "trades", feed, instrument }];
  }

  point(isPointedAt) {
    this.isPointedAt = isPointedAt;
    this.goOn();
  }

  hold(isHeld) {
    this.isHeld = isHeld;
    this.fields.hold.setAttribute("aria-pressed", String(isHeld));
    this.goOn();
  }

  goOn() {
    if (!this.isStill) {
      this.putSoon(this.waiting);
      this.waiting = [];
      this.waits = 0;
    }
    this.tellWaiting();
  }

  tellWaiting() {
    const said = ngettext("Held still: %(count)s trade waits", "Held still: %(count)s trades wait", this.waits);
    write(this.fields.waiting, this.isStill ? interpolate(said, { count: this.waits }, true) : "");
  }

  clear() {
    this.waiting = [];
    this.coming = [];
    this.waits = 0;
    this.body.replaceChildren();
    this.note.hidden = false;
    this.isFresh = true;
  }

  hear_trades({ is_snapshot, trades }) {
    if (is_snapshot) this.startOver(trades);
    else if (this.isStill) this.wait(trades);
    else this.putSoon(trades);
  }

  // All that is known comes again: what is on the tape already stays where it is.
  startOver(trades) {
    const news = trades.filter((trade) => !this.isShown(trade));
    if (this.isStill) {
      this.waiting = [];
      this.waits = 0;
      this.wait(news);
    } else {
      if (news.length === trades.length) this.clear();
      this.coming = [];
      this.isFresh = true;
      this.putSoon(news);
    }
  }

  // Ids are of one venue; one that was released from quarantine is to be shown anew.
  isShown({ id, size, held }) {
    const alike = ({ dataset }) => dataset.id === id && dataset.traded === size && (dataset.held !== undefined) === Boolean(held);
    return [...this.body.rows].some(alike);
  }

  get isStill() {
    return this.isPointedAt || this.isHeld;
  }

  wait(trades) {
    this.waiting = [...this.waiting, ...trades].slice(-LENGTH);
    this.waits += trades.length;
    this.tellWaiting();
  }

  putSoon(trades) {
    this.coming = [...this.coming, ...trades].slice(-LENGTH);
    this.pace.ask();
  }

  put() {
    const trades = this.coming.reverse();
    // Rows of the first look are not news.
    const isNew = !this.isFresh && trades.length <= SEEN;
    this.coming = [];
    this.isFresh = false;
    const news = trades.filter((trade) => !this.release(trade));
    const rows = [...this.body.rows];
    // In a rush all rows are others at once: new words in old ones cost half as much.
    if (news.length === LENGTH && rows.length === LENGTH) news.forEach((trade, i) => this.fill(rows[i], trade, false));
    else this.body.prepend(...news.map((trade) => this.rowOf(trade, isNew)));
    while (this.body.rows.length > LENGTH) this.body.lastElementChild.remove();
    this.note.hidden = this.body.rows.length > 0;
    this.measure();
  }

  // Each bar is as long as its trade is large, beside the largest one that is shown.
  measure() {
    const rows = [...this.body.rows];
    const most = Math.max(...rows.map((row) => Number(row.dataset.traded)));
    for (const row of rows) {
      const width = String(part(row.dataset.traded, most));
      const bar = row.querySelector('[data-field="bar"]');
      if (bar.getAttribute("width") === width) continue;
      bar.setAttribute("width", width);
      bar.setAttribute("x", -width);
    }
  }

  // One that comes again was released from quarantine: it stays in its place.
  release(trade) {
    const held = [...this.body.querySelectorAll("[data-held]")].find((row) => row.dataset.id === trade.id);
    held?.replaceWith(this.rowOf(trade, true));
    return held !== undefined;
  }

  rowOf(trade, isNew) {
    return this.fill(this.row.cloneNode(true), trade, isNew);
  }

  fill(row, trade, isNew) {
    const cells = fields(row);
    row.dataset.side = trade.side;
    row.dataset.id = trade.id;
    row.dataset.traded = trade.size;
    row.toggleAttribute("data-held", Boolean(trade.held));
    row.classList.toggle("new", isNew);
    write(cells.time, timeOfDay(trade.traded_at));
    cells.time.title = milliseconds(trade.traded_at);
    write(cells.side, sideWord(trade.side));
    write(cells.price, price(trade.price));
    write(cells.held, trade.held && say(gettext("no price: %(why)s"), { why: trade.held }));
    write(cells.size, size(trade.size));
    write(cells.venue, this.page.venueName(trade.venue));
    return row;
  }
}
