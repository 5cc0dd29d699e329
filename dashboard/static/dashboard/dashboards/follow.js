// Whether the page still shows the dashboard as it is; on a page of panels that nobody arranges it does nothing.

import { reloadSoon } from "../reload.js";

const ASK_WITHIN_MS = 2000;

export class Following {
  constructor(shown) {
    const { revision, address } = shown?.dataset ?? {};
    this.number = Number(shown?.value);
    this.address = address;
    this.revision = this.newest = Number(revision);
    // Set by who has something on the page that would be lost: called instead of loading the page again.
    this.onOvertaken = null;
  }

  hear(message) {
    if (!this.address) return;
    if (message.type === "changed" && message.dashboard === this.number) this.see(message.revision);
    if (message.type === "rights") this.askSoon();
    // What was said while the line was away, nobody heard.
    if (message.type === "hello") this.ask();
  }

  // Many pages may be told at once.
  askSoon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), ASK_WITHIN_MS * Math.random());
  }

  async ask() {
    try {
      const answer = await fetch(this.address, { redirect: "manual" });
      if (answer.ok) this.see((await answer.json()).revision);
      // It is gone, or hidden by now: the page itself says so.
      else if (answer.status === 404) this.see(Infinity);
    } catch {
      // The server went again; the next greeting asks once more.
    }
  }

  see(revision) {
    this.newest = Math.max(this.newest, revision);
    if (this.onOvertaken) this.onOvertaken(this.newest > this.revision);
    else reloadSoon("dashboard", this.newest > this.revision);
  }

  // This is what the page shows now.
  settle(revision) {
    this.revision = revision;
    this.onOvertaken = null;
    this.see(revision);
  }
}

export const following = new Following(document.getElementById("dashboard"));
