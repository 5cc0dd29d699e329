// The one WebSocket: opens it, notices when it is dead, opens it again.

import { reloadSoon } from "./reload.js";

const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 5000;
// The server ticks every second; this long without any frame and the line is dead, whatever TCP believes.
const DEAD_AFTER_MS = 4000;
const NOT_LOGGED_IN = 4401;
const NOT_ALLOWED = 4403;

export class Line {
  constructor(path, onMessage, onState) {
    this.url = new URL(path, location.href.replace(/^http/, "ws"));
    this.onMessage = onMessage;
    this.onState = onState;
    this.failures = 0;
    setInterval(() => this.checkPulse(), 1000);
  }

  open() {
    clearTimeout(this.timer);
    this.retryAt = null;
    this.onState(this.failures ? "reconnecting" : "connecting");
    const socket = new WebSocket(this.url);
    this.socket = socket;
    this.heardAt = Date.now();
    socket.onmessage = (event) => socket === this.socket && this.hear(event.data);
    socket.onclose = (event) => socket === this.socket && this.retry(event.code);
  }

  hear(data) {
    this.heardAt = Date.now();
    for (const message of JSON.parse(data)) {
      if (message.type === "hello") {
        this.failures = 0;
        this.onState("connected");
      }
      if (message.type === "tick") this.say({ type: "pong" });
      this.onMessage(message);
    }
  }

  say(message) {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message));
  }

  retry(code) {
    this.socket = null;
    if (code === NOT_LOGGED_IN) return location.reload();
    // The page itself says what is allowed now.
    if (code === NOT_ALLOWED) reloadSoon(true);
    // A refusal before the socket opens has no code; the page itself tells whether the login still holds.
    if (this.failures % 3 === 1) leaveIfLoggedOut();
    const wait = Math.min(FIRST_WAIT_MS * 1.6 ** this.failures, LONGEST_WAIT_MS) * (0.8 + 0.4 * Math.random());
    this.failures += 1;
    this.retryAt = Date.now() + wait;
    this.timer = setTimeout(() => this.open(), wait);
    this.onState("reconnecting");
  }

  checkPulse() {
    if (!this.socket || Date.now() - this.heardAt < DEAD_AFTER_MS) return;
    const dead = this.socket;
    this.socket = null;
    dead.close();
    this.retry(null);
  }

  // After the tab woke up or the network came back: no reason to wait any longer.
  hurry() {
    if (!this.socket) this.open();
    else this.checkPulse();
  }

  secondsToRetry() {
    return this.retryAt === null ? 0 : Math.max(0, (this.retryAt - Date.now()) / 1000);
  }
}

async function leaveIfLoggedOut() {
  try {
    const answer = await fetch(location.href, { method: "HEAD", redirect: "manual" });
    if (answer.type === "opaqueredirect") location.reload();
  } catch {
    // The server is not there at all; the next try will tell.
  }
}
