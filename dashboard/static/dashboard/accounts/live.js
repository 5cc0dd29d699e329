// What the accounts' pages share: the socket, the server's clock, what is wrong below, and ages that stay honest.

import { ServerClock } from "../clock.js";
import { fillAlert } from "../feed.js";
import { age, write } from "../figures.js";
import { Line } from "../line.js";
import { reloadSoon } from "../reload.js";
import { Rows } from "../rows.js";

const TELL_EVERY_MS = 200;
const LABELS = { connecting: "Connecting", connected: "Connected", reconnecting: "Reconnecting" };
const byId = (id) => document.getElementById(id);

export class Live {
  // `show` takes each message about an account, `tell` is called several times a second.
  constructor(show, tell) {
    this.root = byId("accounts");
    this.show = show;
    this.tell = tell;
    this.clock = new ServerClock(this.root.dataset.now);
    this.health = new Rows(byId("health"), byId("alert-row"), null, fillAlert);
    // Since when this page hears nothing of the server; null while it does.
    this.lostAt = null;
    this.line = new Line(this.root.dataset.socket, (message) => this.hear(message), (state) => this.turn(state));
  }

  open() {
    this.line.open();
    setInterval(() => this.beat(), TELL_EVERY_MS);
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden) this.line.hurry();
    });
    window.addEventListener("online", () => this.line.hurry());
  }

  hear(message) {
    if (message.type === "hello") this.start(message);
    else if (message.type === "tick") this.clock.set(message.now);
    else if (message.type === "health") this.showHealth(message);
    else if ("account" in message) this.show(message);
  }

  // Who may see other accounts than this page was made for gets another page.
  start({ now, accounts }) {
    this.clock.set(now);
    const shown = [...this.root.querySelectorAll("[data-account]")].map((block) => Number(block.dataset.account));
    reloadSoon(shown.sort((a, b) => a - b).join(" ") !== accounts.join(" "));
  }

  showHealth({ redis, lines }) {
    document.body.dataset.redis = redis;
    this.health.show(lines);
  }

  turn(state) {
    this.lostAt = state === "reconnecting" ? (this.lostAt ?? new Date(this.clock.now()).toISOString()) : null;
    document.body.dataset.line = state;
    byId("line").dataset.state = state;
    this.beat();
  }

  beat() {
    const wait = Math.ceil(this.line?.secondsToRetry() ?? 0);
    const { state } = byId("line").dataset;
    const text = state === "reconnecting" && wait ? `Reconnecting in ${wait} s` : LABELS[state];
    write(byId("line").querySelector("[data-field=text]"), text);
    for (const element of this.root.querySelectorAll("[data-age]")) {
      write(element, element.dataset.age ? age(this.clock.secondsSince(element.dataset.age)) : "–");
    }
    this.tell(this);
  }
}
