// What every live page has: what it hears, the state of its line, what is wrong below, and ages that stay honest.

import { alertRows } from "./alerts.js";
import { Live } from "./live.js";
import { LineStatus } from "./status.js";
import { Voice } from "./voice.js";

const TELL_EVERY_MS = 200;

export class Page {
  // `show` takes each message, `tell` is called several times a second, and at once when the page is looked at again.
  constructor(root, wishes, show, tell) {
    this.show = show;
    this.tell = tell;
    this.voice = new Voice(document.getElementById("status"));
    this.health = alertRows("health");
    // Since when there is no line; null while there is one.
    this.cutAt = null;
    this.toldAt = -Infinity;
    this.lineState = "connecting";
    this.isPolling = false;
    // When the last answer came without a line, and the last one that told of each account.
    this.answeredAt = null;
    this.answers = new Map();
    const hear = (message) => this.hear(message);
    this.live = new Live(root.dataset, wishes, hear, (state) => this.turn(state), (answer) => this.turnPolling(answer));
    this.line = this.live.line;
    this.status = new LineStatus(() => this.line.retry());
  }

  get clock() {
    return this.live.clock;
  }

  open() {
    this.line.open();
    // What nobody sees is told again when somebody looks.
    setInterval(() => document.hidden || this.isTold || this.beat(), TELL_EVERY_MS);
    document.addEventListener("visibilitychange", () => this.beat());
  }

  hear(message) {
    if (message.type === "health") this.showHealth(message);
    this.show(message);
  }

  showHealth({ redis, lines }) {
    document.body.dataset.redis = redis;
    this.health.show(lines);
    this.sayAlerts("health", lines);
  }

  sayAlerts(about, alerts) {
    this.voice.say(about, alerts.map(({ text }) => text).join(" "));
  }

  turn(state) {
    this.lineState = state;
    this.status.turn(state, this.line);
    this.note();
  }

  // What was answered without a line; null where nothing was.
  turnPolling(answer) {
    this.isPolling = answer !== null;
    this.status.turnPolling(this.isPolling);
    this.answeredAt = this.now();
    for (const { type, account } of answer ?? []) if (type === "account") this.answers.set(account, this.answeredAt);
    this.note();
  }

  note() {
    const hasLine = this.lineState === "connected" || this.lineState === "connecting";
    this.cutAt = hasLine ? null : (this.cutAt ?? this.now());
    if (hasLine) this.answers.clear();
    this.beat();
  }

  // Since when this page hears nothing of the server; null while it does.
  get lostAt() {
    return this.isPolling ? null : this.cutAt;
  }

  // And of one account: an answer that does not tell of it leaves it as it was.
  lostAtOf(account) {
    const told = this.answers.get(account);
    return this.isPolling && told !== this.answeredAt ? (told ?? this.cutAt) : this.lostAt;
  }

  now() {
    return new Date(this.clock.now()).toISOString();
  }

  // Ages have just been told together with what came: to tell them once more would be one more picture.
  get isTold() {
    return performance.now() - this.toldAt < TELL_EVERY_MS;
  }

  beat() {
    this.status.tell(this.line.secondsToRetry());
    this.tellNow();
  }

  tellNow() {
    this.toldAt = performance.now();
    this.tell(this);
  }
}
