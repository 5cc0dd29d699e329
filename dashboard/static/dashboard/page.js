// What every live page has: what it hears, the state of its line, what is wrong below, and ages that stay honest.

import { fillAlert } from "./feed.js";
import { Live } from "./live.js";
import { Rows } from "./rows.js";
import { LineStatus } from "./status.js";

const TELL_EVERY_MS = 200;
const byId = (id) => document.getElementById(id);

export class Page {
  // `show` takes each message, `tell` is called several times a second, and at once when the page is looked at again.
  constructor(root, wishes, show, tell) {
    this.show = show;
    this.tell = tell;
    this.health = new Rows(byId("health"), byId("alert-row"), null, fillAlert);
    // Since when this page hears nothing of the server; null while it does.
    this.lostAt = null;
    this.live = new Live(root.dataset, wishes, (message) => this.hear(message), (state) => this.turn(state));
    this.line = this.live.line;
    this.status = new LineStatus(() => this.line.retry());
  }

  get clock() {
    return this.live.clock;
  }

  open() {
    this.line.open();
    setInterval(() => this.beat(), TELL_EVERY_MS);
    document.addEventListener("visibilitychange", () => this.beat());
  }

  hear(message) {
    if (message.type === "health") this.showHealth(message);
    this.show(message);
  }

  showHealth({ redis, lines }) {
    document.body.dataset.redis = redis;
    this.health.show(lines);
  }

  turn(state) {
    const isHeard = state === "connected" || state === "connecting";
    this.lostAt = isHeard ? null : (this.lostAt ?? new Date(this.clock.now()).toISOString());
    this.status.turn(state, this.line);
    this.beat();
  }

  beat() {
    this.status.tell(this.line.secondsToRetry());
    this.tell(this);
  }
}
