// One position: its texts, and what is told by more than text.

import { timeOfDay, write, writeValue } from "../figures.js";
import { Rows } from "../rows.js";

const TEXTS = [
  ...["symbol", "side_text", "arrow", "state", "mode", "size", "entry", "mark", "break_even", "pnl", "roe"],
  ...["liquidation", "liquidation_away", "risk", "leverage", "margin", "margin_ratio", "funding", "realized"],
  "targets_note",
];

export function fillPosition(cells, position) {
  const card = cells.symbol.closest(".position");
  const { side, tone, risk, state, targets_stale_since_at } = position;
  Object.assign(card.dataset, { side, tone, risk, aligned: state });
  for (const name of TEXTS) writeValue(cells[name], position[name]);
  cells.badge.className = `side ${side}`;
  cells.pnl.className = tone;
  new Rows(cells.targets, document.getElementById("target-row"), cells.targets_note, fillTarget).show(position.targets);
  cells.targets_old.hidden = !targets_stale_since_at;
  if (targets_stale_since_at) write(cells.targets_stale_since, timeOfDay(targets_stale_since_at));
}

function fillTarget(cells, { target, at, away, state }) {
  cells.target.closest("li").dataset.state = state;
  for (const [name, text] of Object.entries({ target, at, away, breach: state })) write(cells[name], text);
}
