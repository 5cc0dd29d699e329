// The way of a price from its venue to this screen, hop by hop; bars compare what 95 of 100 take.

import { write } from "../figures.js";
import { writeAll } from "../rows.js";
import { Panel } from "./panel.js";

export class LatencyPanel extends Panel {
  constructor(block, page) {
    super(block, page);
    this.hops = this.rows("hops", "hop", fillHop);
  }

  wishes() {
    return [{ topic: "health", feed: this.about.feed }];
  }

  hear_latency({ hops }) {
    const slowest = Math.max(...hops.map((hop) => hop.p95), 0.1);
    this.hops.show(hops.map((hop) => ({ hop, slowest })));
  }
}

function fillHop(cells, { hop, slowest }) {
  const { name, about, p50, p95, p99 } = hop;
  writeAll(cells, { name, about });
  for (const [cell, time] of Object.entries({ p50, p95, p99 })) write(cells[cell], time.toFixed(1));
  cells.bar.max = slowest;
  cells.bar.value = hop.p95;
}
