// Uptime of the feed, of what it stands on, and of the accounts that the user may see.

import { fields } from "../figures.js";
import { writeAll } from "../rows.js";
import { Panel } from "./panel.js";

export class UptimePanel extends Panel {
  constructor(block, page) {
    super(block, page);
    this.lines = this.rows("lines", "line", writeAll);
    this.accounts = new Map([...this.fields.accounts.rows].map((row) => [Number(row.dataset.account), fields(row)]));
  }

  wishes() {
    const ofAccounts = [...this.accounts.keys()].map((account) => ({ topic: "account", account }));
    return [{ topic: "health", feed: this.about.feed }, ...ofAccounts];
  }

  isAbout(message) {
    return message.type === "account_uptime" ? this.accounts.has(message.account) : super.isAbout(message);
  }

  hear_uptime({ lines }) {
    this.lines.show(lines);
  }

  hear_account_uptime({ account, line }) {
    const { name, ...figures } = line;
    writeAll(this.accounts.get(account), figures);
  }
}
