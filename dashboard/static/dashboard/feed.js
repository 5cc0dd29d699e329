// What the feed does: what is wrong now, and where the price came from.

import { timeOfDay } from "./figures.js";
import { Rows, writeAll } from "./rows.js";

export class FeedPanels {
  constructor(byId, price) {
    this.price = price;
    this.alerts = new Rows(byId("alerts"), byId("alert-row"), null, fillAlert);
    this.switches = new Rows(byId("switches"), byId("switch-row"), byId("switches-note"), fillSwitch);
  }

  show(message) {
    this.price.follow(message);
    this.alerts.show(message.alerts);
    this.switches.show(message.switches);
  }
}

export function fillAlert(cells, { kind, text, since_at }) {
  cells.text.parentElement.dataset.kind = kind;
  writeAll(cells, { text, since: timeOfDay(since_at) });
}

function fillSwitch(cells, { at, from_venue, to_venue, instrument, text, cost, detail }) {
  const [from, to] = [from_venue || "nobody", to_venue || "nobody"];
  writeAll(cells, { time: timeOfDay(at), from, to, instrument, text, cost });
  cells.text.title = detail;
}
