// Which overlays are shown, each with a button that says so and how many marks there are.

import { write } from "../../figures.js";

export class Overlays {
  // `changed` is told when somebody chose.
  constructor(fields, kept, changed) {
    this.fields = fields;
    this.kept = kept;
    this.changed = changed;
    this.hidden = new Set(kept.values.hidden ?? []);
    this.buttons = [...fields.overlays.querySelectorAll("button")];
    for (const button of this.buttons) button.addEventListener("click", () => this.toggle(button.value));
    this.tell();
  }

  get shown() {
    return new Set(this.buttons.map(({ value }) => value).filter((name) => !this.hidden.has(name)));
  }

  toggle(name) {
    if (!this.hidden.delete(name)) this.hidden.add(name);
    this.kept.keep("hidden", [...this.hidden]);
    this.tell();
    this.changed();
  }

  tell() {
    for (const button of this.buttons) button.setAttribute("aria-pressed", String(!this.hidden.has(button.value)));
  }

  count(marks) {
    for (const kind of ["switches", "gaps", "fills"]) {
      if (this.fields[kind]) write(this.fields[kind], String(marks.count(kind)));
    }
    this.fields.cut.hidden = !marks.isCut;
  }
}
