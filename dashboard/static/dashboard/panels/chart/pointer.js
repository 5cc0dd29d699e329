// Which bar is pointed at, by mouse or by keys, and what is told of it: the last one while none is.

import { write } from "../../figures.js";
import { secondsOf } from "./bars.js";
import { indexOf } from "./marks.js";
import { barWords } from "./words.js";

export class Pointer {
  // `marksOf` tells in words what is marked between two times.
  constructor(fields, picture, marksOf) {
    this.fields = fields;
    this.picture = picture;
    this.marksOf = marksOf;
    this.order = [];
    this.starts = [];
    this.time = null;
  }

  // All bars anew.
  take(order) {
    this.order = order;
    this.starts = order.map(secondsOf);
    this.tell();
  }

  // The last bar, or one after it.
  grow(bar) {
    const time = secondsOf(bar);
    if (time !== this.starts.at(-1)) this.starts.push(time);
    this.order[this.starts.length - 1] = bar;
    if (this.index === this.starts.length - 1) this.tell();
  }

  get index() {
    const at = this.time === null ? -1 : indexOf(this.starts, this.time);
    return at < 0 ? this.starts.length - 1 : at;
  }

  point(time) {
    this.time = time ?? null;
    this.tell();
  }

  // From bar to bar: from the last one first.
  step(by) {
    if (!this.order.length) return;
    const index = Math.min(this.order.length - 1, Math.max(0, this.index + (this.time === null ? 0 : by)));
    this.goTo(index);
  }

  goTo(index) {
    const bar = this.order[index];
    // A bar of which all is missing has no price: the crosshair stays where one was.
    this.level = +(bar.close ?? this.level ?? 0);
    this.picture.pointAt(bar, index, this.level);
    this.point(this.starts[index]);
    write(this.fields.spoken, [this.fields.bar.textContent, ...this.marks].join(". "));
  }

  leave() {
    this.picture.pointNowhere();
    this.point(null);
  }

  // What is marked on the bar that is pointed at.
  get marks() {
    if (this.time === null) return [];
    return this.marksOf(this.starts[this.index], this.starts[this.index + 1] ?? Infinity);
  }

  tell() {
    const bar = this.order[this.index];
    write(this.fields.bar, bar ? barWords(bar) : "");
    const told = this.marks;
    this.fields.told.hidden = told.length === 0;
    write(this.fields.told, told.join("\n"));
  }
}
