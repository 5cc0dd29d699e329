// The open orders of one account.

import { writeAll } from "../rows.js";
import { AccountPanel } from "./account.js";

export class OrdersPanel extends AccountPanel {
  constructor(block, page) {
    super(block, page);
    if (block.dataset.state) this.list = this.rows("list", "order", writeAll);
  }

  topics() {
    return ["orders", "account"];
  }

  get staleSince() {
    return this.store.orders?.stale_since_at;
  }

  show_orders({ orders, note, check }) {
    this.showCheck(check);
    this.showList(orders, note);
  }
}
