// The positions of one account: the state of its line, whether stream and REST agree, its PnL, and each position.

import { alertRowsIn } from "../alerts.js";
import { say, write } from "../figures.js";
import { writeAll } from "../rows.js";
import { AccountPanel, showNote } from "./account.js";
import { holdingFill } from "./holding.js";

export class PositionPanel extends AccountPanel {
  constructor(block, page) {
    super(block, page);
    if (!block.dataset.state) return;
    this.holdings = this.rows("positions", "position", holdingFill(block.querySelector('template[data-row="target"]')));
    this.tracks = this.rows("tracks", "track", fillTrack);
    this.facts = this.rows("facts", "fact", writeAll);
    this.alerts = alertRowsIn(this.fields.alerts);
  }

  topics() {
    return ["positions", "account"];
  }

  get staleSince() {
    const { position, account } = this.store;
    return position || account ? (position?.stale_since_at ?? account?.stale_since_at ?? null) : undefined;
  }

  show_account(message) {
    super.show_account(message);
    const { fields } = this;
    write(fields.title, message.title);
    write(fields.meaning, message.meaning);
    write(fields.sentence, message.text);
    write(fields.advice, message.advice);
    fields.line_since.dataset.age = message.since_at ?? "";
    fields.retry.dataset.retryAt = message.retry_at ?? "";
    this.alerts.show(message.alerts);
    this.facts.show(message.facts);
  }

  show_position({ positions, note, check }) {
    this.showCheck(check);
    this.holdings.show(positions);
    showNote(this.fields.positions_note, note);
  }

  show_pnl({ tracks }) {
    this.tracks.show(tracks);
  }

  tell(clock) {
    super.tell(clock);
    if (!this.fields.retry) return;
    const { retryAt } = this.fields.retry.dataset;
    const wait = retryAt ? -clock.secondsSince(retryAt) : 0;
    const text = say(gettext("Again in %(seconds)s s."), { seconds: Math.ceil(wait) });
    write(this.fields.retry, wait > 0 ? text : "");
  }
}

function fillTrack(cells, { tone, line, zero, text }) {
  cells.text.closest(".course").dataset.tone = tone;
  cells.line.setAttribute("d", line);
  cells.zero.setAttribute("d", zero);
  write(cells.text, text);
}
