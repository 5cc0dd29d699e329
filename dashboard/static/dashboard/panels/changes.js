// What happened to the positions of one account lately, as it was stored.

import { moment } from "../figures.js";
import { writeAll } from "../rows.js";
import { AccountPanel } from "./account.js";

export class ChangesPanel extends AccountPanel {
  constructor(block, page) {
    super(block, page);
    if (block.dataset.state) this.list = this.rows("list", "change", fillChange);
  }

  topics() {
    return ["positions", "account"];
  }

  show_changes({ changes, note }) {
    this.showList(changes, note);
  }
}

function fillChange(cells, change) {
  writeAll(cells, { ...change, time: moment(change.time) });
}
