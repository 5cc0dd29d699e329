// The server's time in the browser: ages must not depend on how this machine's clock is set.

export class ServerClock {
  constructor(iso) {
    this.ahead = -Infinity;
    this.set(iso);
  }

  // A word of the server may come late, never early: the one that is furthest ahead travelled fastest.
  set(iso) {
    // Date.now() and not performance.now(), which stands still while a laptop sleeps.
    this.ahead = Math.max(this.ahead, Date.parse(iso) - Date.now());
  }

  now() {
    return Date.now() + this.ahead;
  }

  secondsSince(iso) {
    return (this.now() - Date.parse(iso)) / 1000;
  }
}
