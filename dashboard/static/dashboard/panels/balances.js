// What there is of each coin of one account.

import { writeAll } from "../rows.js";
import { AccountPanel } from "./account.js";

export class BalancesPanel extends AccountPanel {
  constructor(block, page) {
    super(block, page);
    if (block.dataset.state) this.list = this.rows("list", "balance", writeAll);
  }

  show_account(message) {
    super.show_account(message);
    this.showList(message.balances, message.balances_note);
  }
}
