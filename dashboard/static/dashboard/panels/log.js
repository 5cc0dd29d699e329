// The last warnings and errors of all processes, newest first.

import { day, timeOfDay, write } from "../figures.js";
import { Panel } from "./panel.js";

export class LogPanel extends Panel {
  constructor(block, page) {
    super(block, page);
    this.rowsOfLog = this.rows("lines", "line", fillLine);
    this.lines = null;
    this.fields.level.addEventListener("change", () => this.show());
  }

  wishes() {
    return [{ topic: "log" }];
  }

  hear_log({ lines }) {
    this.lines = lines;
    this.show();
  }

  // Before the first message there are only the lines that the server made.
  show() {
    const isShown = ({ level }) => !this.fields.level.value || level !== "WARNING";
    if (this.lines) this.rowsOfLog.show(this.lines.filter(isShown));
    else for (const row of this.fields.lines.children) row.hidden = !isShown(row.dataset);
  }
}

function fillLine(cells, { at, level, process, place, text }) {
  const { parentElement: row } = cells.level;
  row.dataset.level = level;
  cells.level.dataset.tone = level === "WARNING" ? "attention" : "bad";
  write(cells.level, level);
  write(cells.time, dayAndTime(at));
  cells.time.title = at;
  write(cells.process, process);
  cells.process.title = place;
  write(cells.text, text);
}

const dayAndTime = (iso) => `${day(iso)} ${timeOfDay(iso)}`;
