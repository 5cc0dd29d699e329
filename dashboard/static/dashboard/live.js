// What a page hears of the server: asks for what the page shows, answers, and mends what is missing.

import { ServerClock } from "./clock.js";
import { Line } from "./line.js";
import { Places } from "./places.js";
import { MOST_TOPICS, Polling } from "./polling.js";
import { reloadSoon } from "./reload.js";

// Comes back with what was wrong with the command.
const SUBSCRIPTION = 1;
const RESUMPTION = 2;
// dashboard/protocol/codes.py: nobody knows now what there is to subscribe to.
const NOT_AVAILABLE = 4503;
// What is missing is asked for at once, and then only so often: the server does not listen to whoever says too much.
const MEND_EVERY_MS = 1000;

export class Live {
  // `show` takes each message, `turn` each state of the line, `turnPolling` what was answered without one, or null.
  constructor({ socket, state, now }, wishes, show, turn, turnPolling) {
    this.wishes = wishes;
    this.show = show;
    this.clock = new ServerClock(now);
    this.places = new Places();
    this.mendedAt = -Infinity;
    this.polling = new Polling(state, wishes, (all, news) => this.takeAnswer(all, news, turnPolling));
    this.line = new Line(socket, (messages) => this.hear(messages), (lineState) => this.turn(lineState, turn));
    this.heard = {
      hello: (message) => this.greet(message),
      resumed: () => { this.token = this.tokenBefore; },
      renewal: ({ resume }) => { this.token = resume; },
      tick: () => this.answer(),
      subscribed: ({ topics }) => this.places.mend(topics),
      offset: (message) => this.places.compare(message),
      error: (message) => this.note(message),
    };
  }

  // Who was sent away stays away.
  turn(lineState, turn) {
    turn(lineState);
    this.polling.set(lineState === "error" && !this.line.isSentAway);
  }

  hear(messages) {
    for (const message of messages) this.heard[message.type]?.(message);
    this.take(messages);
    if (this.places.holes.size) this.mendSoon();
  }

  // Whose news they are is said first.
  takeAnswer(all, news, turnPolling) {
    turnPolling(all);
    this.take(news ?? []);
  }

  take(messages) {
    for (const message of messages) {
      if (message.now) this.clock.set(message.now);
      if (this.places.take(message)) this.show(message);
    }
  }

  // A page that was here before goes on as the same client: the server ends the socket that it had.
  greet({ resume }) {
    if (this.token) this.line.say({ type: "resume", id: RESUMPTION, token: this.token });
    this.tokenBefore = this.token;
    this.token = resume;
    this.line.connect();
    this.subscribe(this.wishes);
  }

  subscribe(wishes) {
    const topics = wishes.map((wish) => this.places.continued(wish));
    while (topics.length) this.line.say({ type: "subscribe", id: SUBSCRIPTION, topics: topics.splice(0, MOST_TOPICS) });
  }

  answer() {
    this.line.hold();
    this.line.say({ type: "pong", frames: this.line.connection?.frames });
  }

  mendSoon() {
    const wait = Math.max(0, this.mendedAt + MEND_EVERY_MS - performance.now());
    this.timer ??= setTimeout(() => this.mend(), wait);
  }

  mend() {
    this.timer = null;
    this.mendedAt = performance.now();
    const missing = this.places.missing(this.wishes);
    if (missing.length) this.subscribe(missing);
  }

  note({ id, code, text }) {
    if (id === null) this.line.note(text);
    if (id !== SUBSCRIPTION) return;
    if (code === NOT_AVAILABLE) this.comeAgain(text);
    // What cannot be subscribed to any more is on the page no more, either.
    else reloadSoon("refusal");
  }

  // Nothing comes over a line without subscriptions. One that has some goes on: what is missing is asked for again.
  comeAgain(complaint) {
    if (this.line.hasStood || !this.line.hasSocket) return;
    this.line.note(complaint);
    this.line.lose(NOT_AVAILABLE);
  }
}
