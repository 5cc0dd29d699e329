// The price's passport: what the other venues say of it, in a sentence, and what is behind that.

import { fields, price, write } from "./figures.js";
import { Rows, writeAll } from "./rows.js";

export class Passport {
  constructor(block) {
    this.block = block;
    this.fields = fields(block);
    const template = block.querySelector("template");
    this.behind = new Rows(this.fields.behind, template, null, writeAll);
  }

  show(passport) {
    this.block.hidden = !passport;
    if (!passport) return;
    this.block.dataset.status = passport.status;
    write(this.fields.trust, passport.text);
    write(this.fields.gap, passport.gap);
    this.behind.show(behind(passport));
  }
}

// templatetags/figures.py says the same for the first paint.
function behind({ consensus, distance, excluded }) {
  const together = consensus
    ? [{ label: "All venues together", value: price(consensus) }, { label: "The price shown is", value: distance }]
    : [];
  return [...together, ...excluded.map(([name, reason]) => ({ label: `${name} is not asked`, value: reason }))];
}
