// The price's passport: what the other venues say of it, in a sentence, and what is behind that.

import { fields, price, say, write } from "../figures.js";
import { Rows, writeAll } from "../rows.js";

export class Passport {
  constructor(block) {
    this.block = block;
    this.fields = fields(block);
    const template = block.querySelector('template[data-row="behind"]');
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
  const others = excluded.map(([venue, value]) => ({ label: say(gettext("%(venue)s is not asked"), { venue }), value }));
  if (!consensus) return others;
  const together = { label: gettext("All venues together"), value: price(consensus) };
  return [together, { label: gettext("The price shown is"), value: distance }, ...others];
}
