// The line to the server: one connection at a time, opened again when it ends, and put away while nobody looks.

import { Connection } from "./connection.js";
import { reloadSoon, stay } from "./reload.js";
import { failuresAfter, isLost, isSentAway, needsReload, waitMs } from "./retry.js";
import { onHidden, onWake } from "./wake.js";

const LOOK_EVERY_MS = 1000;

export class Line {
  // `hear` takes the messages of each frame; `turn` each state: connecting, connected, reconnecting, error (it is lost,
  // and tried now and then, or only by the button), disconnected (nobody looks).
  constructor(path, hear, turn) {
    this.url = new URL(path, location.href.replace(/^http/, "ws"));
    this.hear = hear;
    this.turn = turn;
    this.connection = null;
    this.failures = 0;
    // Of the server, about the last connection that ended, "" for nothing.
    this.complaint = "";
    this.wasOpen = false;
    this.isSentAway = false;
    setInterval(() => this.checkPulse(), LOOK_EVERY_MS);
    onWake(() => this.hurry());
    onHidden(() => this.rest());
  }

  open() {
    this.drop();
    this.hasStood = false;
    this.connection = new Connection(this.url, this.hear, (code) => this.lose(code));
    this.turn(this.stateOfTry());
  }

  stateOfTry() {
    if (isLost(this.failures)) return "error";
    return this.wasOpen || this.failures ? "reconnecting" : "connecting";
  }

  drop() {
    clearTimeout(this.timer);
    this.retryAt = null;
    this.connection?.leave();
    this.connection = null;
  }

  // The server greeted.
  connect() {
    this.wasOpen = true;
    this.complaint = "";
    this.turn("connected");
  }

  // It is more than a greeting: what was is forgiven.
  hold() {
    this.hasStood = true;
    this.failures = 0;
  }

  say(command) {
    this.connection?.say(command);
  }

  note(complaint) {
    if (this.connection) this.connection.complaint = complaint;
  }

  get hasSocket() {
    return this.connection !== null;
  }

  lose(code) {
    this.complaint = this.connection.complaint;
    this.drop();
    this.failures = failuresAfter(code, this.failures, this.hasStood);
    if (isSentAway(code)) {
      this.leaveForGood();
      return;
    }
    if (needsReload(code)) reloadSoon("login");
    // A refusal before the socket opens has no code; the page itself tells whether the login still holds.
    if (this.failures % 2 === 1) leaveIfLoggedOut();
    const wait = waitMs(code, this.failures);
    this.retryAt = Date.now() + wait;
    this.timer = setTimeout(() => this.open(), wait);
    this.turn(isLost(this.failures) ? "error" : "reconnecting");
  }

  // Neither time nor waking up brings the page back, and so nothing may load it again.
  leaveForGood() {
    this.isSentAway = true;
    stay();
    this.turn("error");
  }

  checkPulse() {
    if (this.connection?.isDead) this.lose(null);
  }

  // Somebody looks, or the network came back: no reason to wait any longer.
  hurry() {
    if (!this.isSentAway) this.retry();
  }

  // One try at a time: the one that is under way goes on.
  retry() {
    this.isSentAway = false;
    if (!this.connection || this.connection.isDead) this.open();
  }

  rest() {
    if (this.isSentAway) return;
    this.drop();
    this.turn("disconnected");
  }

  // 0 while a try is under way; null where none will be.
  secondsToRetry() {
    if (this.isSentAway) return null;
    return this.retryAt === null ? 0 : Math.max(0, (this.retryAt - Date.now()) / 1000);
  }
}

async function leaveIfLoggedOut() {
  try {
    const answer = await fetch(location.href, { method: "HEAD", redirect: "manual" });
    if (answer.type === "opaqueredirect") reloadSoon("login");
  } catch {
    // The server is not there at all; the next try will tell.
  }
}
