// The venues table: who is connected, who is active or stands by, how old each one's data is, and what happens next.

import { age, delay, fields, flawReasons, flaws, stateLabel, write } from "./figures.js";

export class Venues {
  constructor(body, template) {
    this.body = body;
    this.row = template.content.firstElementChild;
    this.names = new Map([...body.rows].map((row) => [row.dataset.code, row.dataset.name]));
  }

  show(message) {
    const known = new Map([...this.body.rows].map((row) => [row.dataset.code, row]));
    const rows = message.venues.map((venue) => known.get(venue.code) ?? this.row.cloneNode(true));
    const isSame = rows.length === this.body.rows.length && rows.every((row, i) => row === this.body.rows[i]);
    message.venues.forEach((venue, i) => this.fill(rows[i], venue));
    if (!isSame) this.body.replaceChildren(...rows);
  }

  fill(row, venue) {
    const cells = fields(row);
    this.names.set(venue.code, venue.name);
    setData(row, "code", venue.code);
    setData(row, "name", venue.name);
    setData(row, "reported", venue.state);
    setData(row, "seenAt", venue.seen_at);
    setData(row, "retryAt", venue.retry_at);
    setData(row, "role", venue.role);
    write(cells.priority, String(venue.priority));
    write(cells.name, venue.name);
    write(cells.role, venue.role);
    write(cells.reason, venue.reason);
    cells.reason.title = venue.detail;
    write(cells.delay, delay(venue));
    write(cells.flaws, flaws(venue));
    if (cells.flaws.title !== flawReasons(venue)) cells.flaws.title = flawReasons(venue);
  }

  // Called several times a second: a connected venue that says nothing is shown as silent.
  tell(clock, staleAfter) {
    for (const row of this.body.rows) {
      const cells = fields(row);
      const { seenAt, retryAt } = row.dataset;
      const seconds = seenAt ? clock.secondsSince(seenAt) : null;
      const reported = row.dataset.reported ?? row.dataset.state;
      const state = reported === "connected" && seconds > staleAfter ? "silent" : reported;
      const wait = retryAt ? -clock.secondsSince(retryAt) : 0;
      setData(row, "state", state);
      write(cells.state, stateLabel(state));
      write(cells.age, seconds === null ? "–" : age(seconds));
      write(cells.retry, wait > 0 ? `again in ${Math.ceil(wait)} s` : "");
    }
  }
}

function setData(row, name, value) {
  if (value === null || value === undefined) delete row.dataset[name];
  else if (row.dataset[name] !== value) row.dataset[name] = value;
}
