// What every panel of an account has. Every text is the server's; here it is only put in its place.

import { tellAges, tellStale } from "../accounts/ages.js";
import { storeOf } from "../accounts/store.js";
import { write } from "../figures.js";
import { Panel } from "./panel.js";

export class AccountPanel extends Panel {
  constructor(block, page) {
    super(block, page);
    this.store = storeOf(this.about.account);
    // A panel without an account has nothing to fill.
    if (block.dataset.state) this.store.subscribe((field, message) => this[`show_${field}`]?.(message));
  }

  topics() {
    return ["account"];
  }

  // A page of all accounts asks for all at once.
  wishes() {
    const { account } = this.about;
    if (this.page.accounts !== null) return this.topics().map((topic) => ({ topic }));
    return this.block.dataset.state ? this.topics().map((topic) => ({ topic, account })) : [];
  }

  show_account({ state }) {
    this.block.dataset.state = state;
  }

  // Since when what is shown may be old: null while it is not, undefined while nothing was heard.
  get staleSince() {
    return this.store.account?.stale_since_at;
  }

  showCheck({ text, tone, checked_at }) {
    const { meter, check, checked } = this.fields;
    meter.dataset.tone = tone;
    write(check, text);
    checked.dataset.age = checked_at ?? "";
  }

  // The rows of its table, or the note that says why there are none.
  showList(items, text) {
    this.list.show(items);
    this.fields.table.hidden = items.length === 0;
    showNote(this.fields.empty, text);
  }

  // What the server tells is as old as the line to it, too.
  tell(clock) {
    tellAges(this.fields, clock);
    if (!this.fields.stale) return;
    const told = this.staleSince === undefined ? this.block.dataset.staleSince : this.staleSince;
    const since = told || this.page.live?.lostAtOf(this.about.account);
    // Spoken once when it happens.
    if (!tellStale(this.block, this.fields.stale, since)) return;
    this.page.say(this, since ? gettext("What is shown may be old.") : gettext("What is shown is current again."));
  }
}

export function showNote(element, text) {
  write(element, text);
  element.hidden = !text;
}
