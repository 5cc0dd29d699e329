// What a person should know: the lines above the panels.

import { writeTime } from "./figures.js";
import { Rows, writeAll } from "./rows.js";

const byId = (id) => document.getElementById(id);

// The list of that id.
export function alertRows(id) {
  return alertRowsIn(byId(id));
}

export function alertRowsIn(list) {
  return new Rows(list, byId("alert-row"), null, fillAlert);
}

function fillAlert(cells, { kind, text, since_at }) {
  cells.text.parentElement.dataset.kind = kind;
  writeAll(cells, { text });
  writeTime(cells.since, since_at);
}
