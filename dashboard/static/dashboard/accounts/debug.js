// The staff page's wiring: the debug record of each account, too.

import { fields, timeOfDay, write } from "../figures.js";
import { Rows, writeAll } from "../rows.js";
import { tellAges, tellStale } from "./ages.js";
import { AccountsPage } from "./page.js";

const ROWS = {
  status: "fact",
  validation: "fact",
  pnl: "pnl",
  error_states: "fact",
  errors: "log",
  monitoring: "fact",
  messages: "log",
};

class DebugPanel {
  constructor(block) {
    this.block = block;
    this.fields = fields(block);
    this.staleSince = block.dataset.staleSince;
    this.rows = Object.entries(ROWS).map(([name, row]) => [name, this.rowsOf(name, row)]);
  }

  rowsOf(name, row) {
    const template = document.getElementById(`${row}-row`);
    return new Rows(this.fields[name], template, this.fields[`${name}_note`], row === "log" ? fillLog : writeAll);
  }

  show(message) {
    if (message.type === "account") this.showLine(message);
    if (message.type === "debug") this.showRecord(message);
  }

  showLine({ state, title, since_at, stale_since_at }) {
    this.block.dataset.state = state;
    this.staleSince = stale_since_at;
    write(this.fields.title, title);
    this.fields.line_since.dataset.age = since_at ?? "";
  }

  showRecord(message) {
    for (const [name, rows] of this.rows) rows.show(message[name]);
    this.fields.debug_note.hidden = true;
  }

  tell(page) {
    tellAges(this.fields, page.clock);
    tellStale(this.block, this.fields.stale, this.staleSince || page.lostAtOf(Number(this.block.dataset.account)));
  }
}

function fillLog(cells, { time, kind, text }) {
  writeAll(cells, { time: timeOfDay(time), kind, text });
}

const blocks = [...document.querySelectorAll("[data-account]")];
const panels = new Map(blocks.map((block) => [Number(block.dataset.account), new DebugPanel(block)]));

new AccountsPage(
  (message) => panels.get(message.account)?.show(message),
  (page) => panels.forEach((panel) => panel.tell(page)),
  ["debug"],
).open();
