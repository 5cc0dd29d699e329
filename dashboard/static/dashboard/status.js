// How the line is, in words: in the header, and in a banner with a button once it is lost.

import { fields, say, write } from "./figures.js";

const LABELS = {
  connecting: gettext("Connecting"),
  connected: gettext("Connected"),
  reconnecting: gettext("Reconnecting"),
  error: gettext("Connection lost"),
  disconnected: gettext("Paused"),
};
const OLD = gettext("What is shown may be old.");
const POLLING = gettext("This page asks for what is new every 2 s meanwhile.");
const byId = (id) => document.getElementById(id);

export class LineStatus {
  constructor(retry) {
    this.chip = byId("line");
    this.banner = byId("lost");
    this.button = this.banner.querySelector("button");
    // For who does not see it: what becomes of the button.
    this.told = byId("tried");
    this.isAsked = false;
    this.button.addEventListener("click", () => this.press(retry));
  }

  press(retry) {
    this.isAsked = true;
    this.say(gettext("Trying to connect."));
    retry();
  }

  turn(state, { complaint, hasSocket }) {
    document.body.dataset.line = state;
    this.chip.dataset.state = state;
    write(fields(this.banner).complaint, complaint);
    // Whoever pressed the button is not left nowhere when it goes.
    if (state !== "error" && document.activeElement === this.button) byId("content").focus();
    this.banner.hidden = state !== "error";
    if (state === "connected") this.reply(gettext("Connected."));
    else if (!hasSocket) this.reply(`${gettext("Still no connection.")} ${complaint}`.trim());
  }

  // What there is to hear without a line is not old.
  turnPolling(isPolling) {
    document.body.toggleAttribute("data-polling", isPolling);
    write(fields(this.banner).meanwhile, isPolling ? POLLING : OLD);
  }

  // The banner itself speaks only once.
  reply(text) {
    if (this.isAsked) this.say(text);
    this.isAsked = false;
  }

  // A new text is spoken even where it is the same as before.
  say(text) {
    this.told.replaceChildren(text);
  }

  // Called several times a second; `seconds` until the next try, 0 for now, null for never. The banner speaks: it does
  // not count.
  tell(seconds) {
    const { state } = this.chip.dataset;
    const wait = Math.ceil(seconds ?? 0);
    const soon = say(gettext("Reconnecting in %(seconds)s s"), { seconds: wait });
    write(fields(this.chip).text, state === "reconnecting" && wait ? soon : LABELS[state]);
    write(fields(this.banner).next, seconds === null ? gettext("It is not tried again by itself.") : nextTry(wait));
  }
}

function nextTry(wait) {
  return wait ? say(gettext("Next try in %(seconds)s s."), { seconds: wait }) : gettext("Trying now.");
}
