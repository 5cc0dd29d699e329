// The wiring of a page of panels: what it asks for, and which panel hears what comes.

import { storeOf } from "../accounts/store.js";
import { compareAccounts } from "../accounts/visible.js";
import { alertRows } from "../alerts.js";
import { following } from "../dashboards/follow.js";
import { worst } from "../market.js";
import { Page } from "../page.js";
import { reloadSoon } from "../reload.js";
import { KINDS } from "./kinds.js";

const root = document.getElementById("panels");
// Where none is the first, one that just went may be taken for it.
const ASK_EVERY_MS = 5000;
const TITLE_EVERY_MS = 1000;

class PanelsPage {
  constructor() {
    this.staleAfter = Number(root.dataset.staleAfter);
    const feeds = [...root.querySelectorAll("data.feed")];
    this.instruments = new Map(feeds.map((feed) => [feed.value, feed.dataset.instruments.trim()]));
    this.names = new Map([...root.querySelectorAll("data.venue")].map((venue) => [venue.value, venue.textContent]));
    this.isWaiting = root.dataset.waiting !== undefined;
    // The accounts of a page that shows all that its user may see.
    this.accounts = root.dataset.accounts ?? null;
    this.alerts = alertRows("alerts");
    this.alertsOf = new Map();
    const blocks = [...root.querySelectorAll("[data-panel]")];
    this.panels = blocks.map((block) => new KINDS[block.dataset.panel](block, this));
    this.live = new Page(root, this.wishes(), (message) => this.hear(message), () => this.tell());
  }

  // The feeds of the page are listened to in any case: what is wrong with them stands above the panels, and what is
  // wrong below all feeds. A page that lacks a feed waits for the first one.
  wishes() {
    const feeds = [...this.instruments.keys()];
    if (this.isWaiting) feeds.push("");
    const ofFeeds = feeds.flatMap((feed) => [{ topic: "venues", feed }, { topic: "health", feed }]);
    const all = [...(feeds.length ? ofFeeds : [{ topic: "health" }]), ...this.panels.flatMap((panel) => panel.wishes())];
    return [...new Map(all.map((wish) => [JSON.stringify(wish), wish])).values()];
  }

  open() {
    this.live.open();
    if (this.isWaiting) setInterval(() => this.hasHeard && this.live.live.subscribe(this.wishes()), ASK_EVERY_MS);
  }

  get clock() {
    return this.live.clock;
  }

  // Nothing is heard any more, because nobody looks.
  get isPaused() {
    return this.live.lineState === "disconnected";
  }

  venueName(code) {
    return this.names.get(code) ?? code;
  }

  // For who does not see it.
  say(panel, text) {
    this.live.voice.say(panel, text);
  }

  // Only the first price is in the title of the window, which is another program's to draw: it is told once a second.
  title(panel, text) {
    this.titled ??= panel;
    const now = performance.now();
    if (this.titled !== panel || now - this.titledAt < TITLE_EVERY_MS || document.title === text) return;
    this.titledAt = now;
    document.title = text;
  }

  tellPainted(receivedAt) {
    this.live.line.say({ type: "painted", received_at: receivedAt });
  }

  hear(message) {
    following.hear(message);
    if (message.type === "snapshot") this.startOver(message);
    if (message.type === "feed" && this.instruments.has(message.feed)) this.showAlerts(message);
    if (message.type === "subscribed" && this.accounts !== null) compareAccounts(this.accounts, message.topics);
    if (message.account !== undefined) storeOf(message.account).take(message, this.clock.now());
    if (message.type === "venues") for (const { code, name } of message.venues) this.names.set(code, name);
    for (const panel of this.panels) {
      if (panel.isAbout(message)) panel[`hear_${message.type}`]?.(message);
    }
    if (message.type !== "trades" && message.type !== "candle") this.tellSoon();
  }

  // The whole state of a feed follows. A page of other instruments gets another page.
  startOver({ feed, instruments }) {
    this.hasHeard = true;
    if (this.isWaiting || this.instruments.has(feed)) reloadSoon("instruments", instruments.join(" ") !== (this.instruments.get(feed) ?? ""));
  }

  showAlerts({ feed, alerts }) {
    this.alertsOf.set(feed, worst(alerts));
    const all = [...this.alertsOf.values()].flat();
    this.alerts.show(all);
    this.live.sayAlerts("alerts", all);
  }

  // Once for all messages of a frame.
  tellSoon() {
    if (this.isTelling) return;
    this.isTelling = true;
    queueMicrotask(() => this.live.tellNow());
  }

  tell() {
    this.isTelling = false;
    for (const panel of this.panels) panel.tell(this.clock);
  }
}

const page = new PanelsPage();
page.open();
