// One account on the page. Every text is the server's; here it is only put in its place.

import { fillAlert } from "../feed.js";
import { fields, timeOfDay, write } from "../figures.js";
import { Rows, writeAll } from "../rows.js";
import { fillPosition } from "./position.js";

const template = (name) => document.getElementById(`${name}-row`);

export class AccountPanel {
  constructor(block, store, say) {
    this.block = block;
    this.store = store;
    this.say = say;
    this.fields = fields(block);
    const rows = (name, row, fill = writeAll) => new Rows(this.fields[name], template(row), null, fill);
    this.positions = rows("positions", "position", fillPosition);
    this.orders = rows("orders", "order");
    this.balances = rows("balances", "balance");
    this.changes = rows("changes", "change", fillChange);
    this.alerts = rows("alerts", "alert", fillAlert);
    this.facts = rows("facts", "fact");
    store.subscribe((field, message) => this[`show_${field}`]?.(message));
  }

  show_account(message) {
    const { fields } = this;
    this.block.dataset.state = message.state;
    write(fields.title, message.title);
    write(fields.sentence, message.text);
    fields.line_since.dataset.age = message.since_at ?? "";
    fields.retry.dataset.retryAt = message.retry_at ?? "";
    this.alerts.show(message.alerts);
    this.facts.show(message.facts);
    this.list("balances", message.balances, message.balances_note);
  }

  show_position(message) {
    const { fields } = this;
    fields.meter.dataset.tone = message.check.tone;
    write(fields.check, message.check.text);
    fields.checked_age.dataset.age = message.check.checked_at ?? "";
    this.positions.show(message.positions);
    note(fields.positions_note, message.note);
  }

  show_orders(message) {
    const { fields } = this;
    write(fields.orders_check, message.check.text);
    fields.orders_old.hidden = !message.stale_since_at;
    if (message.stale_since_at) write(fields.orders_stale_since, timeOfDay(message.stale_since_at));
    this.list("orders", message.orders, message.note);
  }

  show_changes(message) {
    this.list("changes", message.changes, message.note);
  }

  list(name, items, text) {
    this[name].show(items);
    this.fields[`${name}_table`].hidden = items.length === 0;
    note(this.fields[`${name}_note`], text);
  }

  // Called several times a second. What the server tells is as old as the line to it, too.
  tell({ clock, lostAt }) {
    const { account, position } = this.store;
    const told = account || position ? (position?.stale_since_at ?? account?.stale_since_at) : this.block.dataset.staleSince;
    this.tellStale(told || lostAt);
    const { retryAt } = this.fields.retry.dataset;
    const wait = retryAt ? -clock.secondsSince(retryAt) : 0;
    write(this.fields.retry, wait > 0 ? `Again in ${Math.ceil(wait)} s.` : "");
  }

  tellStale(since) {
    const wasStale = this.block.hasAttribute("data-stale");
    this.block.toggleAttribute("data-stale", Boolean(since));
    if (since) write(this.fields.stale_since, timeOfDay(since));
    // Spoken once when it happens.
    if (wasStale !== Boolean(since)) this.say(since ? "What is shown may be old." : "What is shown is current again.");
  }
}

function note(element, text) {
  write(element, text);
  element.hidden = !text;
}

function fillChange(cells, change) {
  writeAll(cells, { ...change, time: timeOfDay(change.time) });
}
