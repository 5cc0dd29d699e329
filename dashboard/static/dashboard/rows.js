// Rows made from a template: as many as there are items, each filled anew.

import { fields, writeValue } from "./figures.js";

export class Rows {
  // A block, the template of one row and, where there is one, the note of an empty block.
  constructor(block, template, note, fill) {
    this.block = block;
    this.row = template.content.firstElementChild;
    this.note = note;
    this.fill = fill;
  }

  show(items) {
    const { children } = this.block;
    while (children.length > items.length) this.block.lastElementChild.remove();
    while (children.length < items.length) this.block.append(this.row.cloneNode(true));
    items.forEach((item, i) => this.fill(fields(children[i]), item));
    if (this.note) this.note.hidden = items.length > 0;
  }
}

// What most rows do: each value into the field of its name.
export function writeAll(cells, values) {
  for (const [name, value] of Object.entries(values)) writeValue(cells[name], value);
}
