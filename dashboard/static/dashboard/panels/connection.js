// Which venue the price is from, since when and why; who led before, and why each move was made.

import { age, write, writeTime } from "../figures.js";
import { writeAll } from "../rows.js";
import { Panel } from "./panel.js";

const WIDTH = 1000;
const SVG = "http://www.w3.org/2000/svg";

export class ConnectionPanel extends Panel {
  constructor(block, page) {
    super(block, page);
    this.switches = this.rows("switches", "switch", fillSwitch);
    // The note is that of the switches: each hour has somebody who led, or nobody.
    this.lanes = this.rows("lanes", "lane", fillLane, null);
    this.seenAt = block.dataset.seenAt ?? null;
  }

  wishes() {
    return [{ topic: "venues", feed: this.about.feed }];
  }

  hear_feed({ lead, switches }) {
    write(this.fields.source, lead.text);
    this.fields.source.title = lead.detail;
    this.switches.show(switches);
  }

  hear_venues({ active, venues }) {
    const leading = venues.find((venue) => venue.code === active);
    this.seenAt = leading?.seen_at ?? null;
    write(this.fields.venue, leading?.name ?? "–");
  }

  hear_leads(message) {
    this.lanes.show(lanesOf(message, this.page));
  }

  tell(clock) {
    const seconds = this.seenAt ? clock.secondsSince(this.seenAt) : null;
    write(this.fields.age, seconds === null ? "–" : age(seconds));
    this.block.toggleAttribute("data-late", seconds === null || seconds > this.page.staleAfter);
  }
}

// feed/lanes.py says the same for the first paint.
function lanesOf({ since_at, until_at, leads }, page) {
  const [from, to] = [Date.parse(since_at), Date.parse(until_at)];
  const place = (iso) => Math.round((WIDTH * (Date.parse(iso) - from)) / (to - from));
  const found = new Map();
  for (const lead of [...leads].reverse()) {
    const lane = found.get(lead.venue) ?? { venue: lead.venue, bars: [], led: 0 };
    const start = place(lead.since_at);
    lane.bars.push([start, Math.max(place(lead.until_at) - start, 2)]);
    lane.led += Date.parse(lead.until_at) - Date.parse(lead.since_at);
    found.set(lead.venue, lane);
  }
  const lanes = [...found.values()].sort((a, b) => (a.venue === "") - (b.venue === ""));
  return lanes.map((lane) => ({
    ...lane,
    name: lane.venue ? page.venueName(lane.venue) : gettext("No fresh price"),
    percent: `${Math.round((100 * lane.led) / (to - from))} %`,
  }));
}

function fillLane(cells, { venue, name, percent, bars }) {
  cells.name.parentElement.toggleAttribute("data-nobody", !venue);
  writeAll(cells, { name, percent });
  cells.lane.replaceChildren(...bars.map(rectangle));
}

function rectangle([x, width]) {
  const drawn = document.createElementNS(SVG, "rect");
  for (const [name, value] of Object.entries({ x, y: 0, width, height: 10 })) drawn.setAttribute(name, value);
  return drawn;
}

function fillSwitch(cells, { at, from_venue, to_venue, instrument, text, cost, detail }) {
  const [from, to] = [from_venue || gettext("nobody"), to_venue || gettext("nobody")];
  writeAll(cells, { from, to, instrument, text, cost });
  writeTime(cells.time, at);
  cells.text.title = detail;
}
