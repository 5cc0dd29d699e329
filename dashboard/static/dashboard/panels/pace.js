// What comes often is shown at most so often: the first at once, and always the last.

// Messages come ten times a second. What is shown together with one of them costs no picture of its own.
const NEXT_MESSAGE_MS = 100;

export class Pace {
  constructor(everyMs, act) {
    this.everyMs = everyMs;
    this.act = act;
    this.actedAt = -Infinity;
    this.timer = null;
  }

  // Something came. Where it is too early, it waits for what comes next, if that comes soon.
  ask() {
    const wait = this.actedAt + this.everyMs - performance.now();
    if (wait <= 0) this.go();
    else this.timer ??= setTimeout(() => this.go(), wait + NEXT_MESSAGE_MS);
  }

  go() {
    clearTimeout(this.timer);
    this.timer = null;
    this.actedAt = performance.now();
    this.act();
  }
}
