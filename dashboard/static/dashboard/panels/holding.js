// One position: its texts, and what is told by more than text.

import { say, timeOfDay, write, writeValue } from "../figures.js";
import { Rows, writeAll } from "../rows.js";

const TEXTS = [
  ...["symbol", "side_text", "arrow", "state", "mode", "size", "entry", "mark", "break_even", "pnl", "roe"],
  ...["liquidation", "liquidation_away", "risk_text", "leverage", "margin", "margin_ratio", "funding", "realized"],
  "targets_note",
];

// Fills the card of a position, with a row made from the template for each of its targets.
export function holdingFill(target) {
  return (cells, position) => {
    const card = cells.symbol.closest(".holding");
    const { side, tone, risk, state, targets_stale_since_at } = position;
    Object.assign(card.dataset, { side, tone, risk, aligned: state });
    for (const name of TEXTS) writeValue(cells[name], position[name]);
    cells.badge.className = `side ${side}`;
    cells.pnl.className = tone;
    new Rows(cells.targets, target, cells.targets_note, fillTarget).show(position.targets);
    cells.targets_old.hidden = !targets_stale_since_at;
    if (targets_stale_since_at) write(cells.targets_old, asOf(targets_stale_since_at));
  };
}

const asOf = (iso) => say(gettext("as of %(time)s, may be old"), { time: timeOfDay(iso) });

function fillTarget(cells, { state, ...texts }) {
  cells.target.closest("li").dataset.state = state;
  writeAll(cells, texts);
}
