// The candle chart: bars of the width that is chosen, live at their end, older ones as somebody scrolls to them.

import { write } from "../figures.js";
import { writeAll } from "../rows.js";
import { secondsOf } from "./chart/bars.js";
import { History } from "./chart/history.js";
import { Kept } from "./chart/kept.js";
import { keysOf } from "./chart/keys.js";
import { Levels } from "./chart/levels.js";
import { Overlays } from "./chart/overlays.js";
import { Picture } from "./chart/picture.js";
import { Pointer } from "./chart/pointer.js";
import { barCells } from "./chart/words.js";
import { Pace } from "./pace.js";
import { Panel, press } from "./panel.js";

// So near to the first bar, older ones are asked for.
const NEAR = 20;
const IN_TABLE = 10;
// The library draws all that is in sight anew for each change, twice. As often as the tape: both in one picture.
const DRAW_EVERY_MS = 250;
// The label of a mark is as wide as that.
const LABEL_PX = 76;

export class ChartPanel extends Panel {
  constructor(block, page) {
    super(block, page);
    const { canvas, widths, table, now } = this.fields;
    this.kept = new Kept(`chart ${location.pathname} ${block.dataset.number}`);
    this.levels = new Levels(block.dataset.symbol, labelsOf(block));
    this.history = new History(block.dataset, this);
    // The times of bars that grew since they were drawn.
    this.grown = new Set();
    this.pace = new Pace(DRAW_EVERY_MS, () => this.drawGrown());
    this.overlays = new Overlays(this.fields, this.kept, () => this.drawOver());
    this.picture = new Picture(canvas, (time) => this.pointer?.point(time), (range) => this.move(range));
    this.pointer = new Pointer(this.fields, this.picture, (from, to) => this.marks.told(from, to, this.overlays.shown));
    this.table = this.rows("bars", "bar", writeAll, null);
    this.positions = this.rows("levels", "level", writeAll, null);
    this.widths = [...widths.querySelectorAll("button")];
    for (const button of this.widths) button.addEventListener("click", () => this.choose(button));
    now.addEventListener("click", () => this.picture.goToNow());
    table.addEventListener("toggle", () => this.tabulate());
    keysOf(canvas, this.keys());
    this.setWidth(this.widths.find(({ value }) => value === this.kept.values.width) ?? this.widths[0]);
    this.picture.whenColoursChange(() => this.drawBars());
  }

  get marks() {
    return this.history.marks;
  }

  wishes() {
    const { feed, instrument } = this.about;
    const accounts = [...this.levels.labels.keys()].map((account) => ({ topic: "positions", account }));
    return [{ topic: "candles", feed, instrument }, { topic: "venues", feed }, ...accounts];
  }

  isAbout(message) {
    return message.account === undefined ? super.isAbout(message) : this.levels.labels.has(message.account);
  }

  keys() {
    return {
      step: (by) => this.pointer.step(by),
      zoom: (direction) => this.pointer.order.length && this.picture.zoom(direction),
      goToFirst: () => this.pointer.order.length && this.pointer.goTo(0),
      goToNow: () => {
        this.pointer.leave();
        this.picture.goToNow();
      },
      leave: () => this.pointer.leave(),
    };
  }

  // The whole state follows: so do the bars.
  hear_snapshot() {
    this.history.load();
  }

  hear_candle(minute) {
    this.grown.add(secondsOf(this.history.show(minute)));
    this.pace.ask();
  }

  // The price may have moved to another venue.
  hear_feed({ switches }) {
    const newest = switches[0]?.at;
    if (newest !== this.switchedAt) this.history.askForMarksSoon();
    this.switchedAt = newest;
  }

  // The account may have bought or sold.
  hear_changes() {
    this.history.askForMarksSoon();
  }

  hear_position(message) {
    this.levels.take(message);
    this.drawLevels();
  }

  choose(button) {
    this.setWidth(button);
    this.kept.keep("width", button.value);
    this.history.load();
  }

  setWidth(button) {
    press(this.widths, button);
    this.history.begin(button.value, Number(button.dataset.seconds));
    this.sayOfPast("");
    // Nothing is drawn beside bars of another width.
    this.lastAt = Infinity;
  }

  // Each bar that is the last one, or comes after it.
  drawGrown() {
    for (const at of [...this.grown].sort((a, b) => a - b)) {
      const bar = this.history.bars.known.get(at);
      if (!bar || at < this.lastAt) continue;
      this.lastAt = at;
      this.picture.update(bar);
      this.pointer.grow(bar);
      this.say("");
    }
    this.grown.clear();
    this.tabulate();
  }

  drawBars() {
    const sorted = this.history.bars.sorted();
    // What is in sight is judged when all bars are in their places.
    this.isDrawing = true;
    this.picture.draw(sorted);
    this.isDrawing = false;
    this.lastAt = sorted.length ? secondsOf(sorted.at(-1)) : -Infinity;
    this.pointer.take(sorted);
    if (sorted.length) this.marks.forgetBefore(secondsOf(sorted[0]));
    this.tabulate();
    this.drawOver();
    this.move(this.picture.range);
  }

  drawOver() {
    this.picture.showVolume(this.overlays.shown.has("volume"));
    this.drawMarks();
    this.drawLevels();
  }

  drawMarks() {
    const { starts } = this.pointer;
    this.apart = this.picture.barsWithin(LABEL_PX);
    this.picture.mark(starts.length ? this.marks.drawn(starts, this.overlays.shown, this.apart) : []);
    this.overlays.count(this.marks);
    this.pointer.tell();
  }

  drawLevels() {
    const isShown = this.overlays.shown.has("lines");
    this.picture.drawLevels(isShown ? this.levels.drawn() : []);
    this.positions.show(isShown ? this.levels.told() : []);
  }

  // Nobody reads a table that is shut.
  tabulate() {
    if (this.fields.table.open) this.table.show(this.pointer.order.slice(-IN_TABLE).reverse().map(barCells));
  }

  // Somebody scrolls: to older bars, or away from the last one.
  move(range) {
    if (this.isDrawing || !range || !this.pointer?.order.length) return;
    const { from, to } = range;
    this.fields.now.hidden = to >= this.pointer.order.length - 1;
    if (this.apart !== this.picture.barsWithin(LABEL_PX)) this.drawMarks();
    if (from < NEAR) this.history.loadOlder(this.pointer.order[0]);
    else this.sayOfPast("");
  }

  sayOfPast(text) {
    write(this.fields.past, text);
    this.fields.past.hidden = !text;
  }

  say(text) {
    write(this.fields.note, text);
    this.fields.note.hidden = !text;
  }
}

function labelsOf(block) {
  return new Map([...block.querySelectorAll("data.account")].map((account) => [Number(account.value), account.textContent]));
}
