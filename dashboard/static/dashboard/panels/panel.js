// What every panel has: its block, what it is about, and the parts that are filled anew.

import { fields } from "../figures.js";
import { Rows } from "../rows.js";

export class Panel {
  // A panel has a method `hear_…` for each type of message that it shows. The page hands it those about what it shows.
  constructor(block, page) {
    const { feed, instrument, account } = block.dataset;
    this.block = block;
    this.page = page;
    this.fields = fields(block);
    this.about = { feed, instrument, account: account ? Number(account) : null };
  }

  // The topics that it shows.
  wishes() {
    return [];
  }

  // Called several times a second, and at once when the page is looked at again.
  tell() {}

  // A message says what it is about, or that it is about everything.
  isAbout(message) {
    const { feed, instrument, account } = this.about;
    return (
      (message.feed === undefined || message.feed === feed)
      && (message.instrument === undefined || !instrument || message.instrument === instrument)
      && (message.account === undefined || message.account === account)
    );
  }

  // The rows in the field `name`, made from the template of one `row`. The note of an empty panel is that of its list,
  // unless it is said to be another one's.
  rows(name, row, fill, note = this.fields.note ?? null) {
    return new Rows(this.fields[name], this.block.querySelector(`template[data-row="${row}"]`), note, fill);
  }
}

// One of several buttons is chosen.
export function press(buttons, chosen) {
  for (const each of buttons) each.setAttribute("aria-pressed", String(each === chosen));
}
