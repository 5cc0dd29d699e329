// The venues table: who is connected, who is active or stands by, how old each one's data is, and what happens next.

import { age, delay, fields, flawReasons, flaws, say, stateLabel, write } from "../figures.js";
import { circuit, count, offset, roleLabel } from "../operation.js";
import { Panel } from "./panel.js";

export class VenuesPanel extends Panel {
  constructor(block, page) {
    super(block, page);
    this.body = this.fields.venues;
    this.row = block.querySelector('template[data-row="venue"]').content.firstElementChild;
  }

  wishes() {
    return [{ topic: "venues", feed: this.about.feed }];
  }

  hear_venues(message) {
    const known = new Map([...this.body.rows].map((row) => [row.dataset.code, row]));
    const rows = message.venues.map((venue) => known.get(venue.code) ?? this.row.cloneNode(true));
    const isSame = rows.length === this.body.rows.length && rows.every((row, i) => row === this.body.rows[i]);
    message.venues.forEach((venue, i) => this.fill(rows[i], venue));
    if (!isSame) this.body.replaceChildren(...rows);
    this.fields.note.hidden = rows.length > 0;
  }

  fill(row, venue) {
    const cells = fields(row);
    setData(row, "code", venue.code);
    setData(row, "name", venue.name);
    setData(row, "reported", venue.state);
    setData(row, "seenAt", venue.seen_at);
    setData(row, "retryAt", venue.retry_at);
    setData(row, "role", venue.role);
    write(cells.priority, String(venue.priority));
    write(cells.name, venue.name);
    write(cells.role, roleLabel(venue.role));
    write(cells.reason, venue.reason);
    cells.reason.title = venue.detail;
    write(cells.delay, delay(venue));
    write(cells.skew, offset(venue.skew_ms));
    write(cells.reconnects, count(venue.reconnects));
    write(cells.held, venue.quarantined_share || "0 %");
    write(cells.circuit, circuit(venue));
    write(cells.flaws, flaws(venue));
    if (cells.flaws.title !== flawReasons(venue)) cells.flaws.title = flawReasons(venue);
  }

  // Called several times a second: a connected venue that says nothing is shown as silent.
  tell(clock) {
    for (const row of this.body.rows) {
      const cells = fields(row);
      const { seenAt, retryAt } = row.dataset;
      const seconds = seenAt ? clock.secondsSince(seenAt) : null;
      const reported = row.dataset.reported ?? row.dataset.state;
      const state = reported === "connected" && seconds > this.page.staleAfter ? "silent" : reported;
      const wait = retryAt ? -clock.secondsSince(retryAt) : 0;
      setData(row, "state", state);
      write(cells.state, stateLabel(state));
      write(cells.age, seconds === null ? "–" : age(seconds));
      write(cells.retry, wait > 0 ? say(gettext("again in %(seconds)s s"), { seconds: Math.ceil(wait) }) : "");
    }
  }
}

function setData(row, name, value) {
  if (value === null || value === undefined) delete row.dataset[name];
  else if (row.dataset[name] !== value) row.dataset[name] = value;
}
