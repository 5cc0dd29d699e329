// The dashboard's wiring: what it asks for, and which panel shows what comes.

import { Chart } from "./chart.js";
import { FeedPanels } from "./feed.js";
import { write } from "./figures.js";
import { Page } from "./page.js";
import { Passport } from "./passport.js";
import { PricePanel } from "./price.js";
import { reloadSoon } from "./reload.js";
import { Rows, writeAll } from "./rows.js";
import { Tape } from "./tape.js";
import { Venues } from "./venues.js";

const byId = (id) => document.getElementById(id);

const board = byId("board");
const { staleAfter, feed, instrument, instruments, candles } = board.dataset;
const panels = instrument ? makePanels() : null;
const page = new Page(board, wishes(), show, tell);
// Where none is the first, one that just went may be taken for it.
const ASK_EVERY_MS = 5000;
let feedHeard = "";
if (!instrument) setInterval(() => feedHeard && page.live.subscribe(wishes()), ASK_EVERY_MS);

// A page without a feed waits for the first one.
function wishes() {
  const ofFeed = [{ topic: "venues", feed }, { topic: "health", feed }];
  if (!instrument) return ofFeed;
  return [...["price", "trades", "candles"].map((topic) => ({ topic, feed, instrument })), ...ofFeed];
}

function makePanels() {
  const venues = new Venues(byId("venues"), byId("venue-row"));
  const price = new PricePanel(byId("price"), new Passport(byId("passport")), venues.names);
  const tape = new Tape(byId("tape"), byId("trade-row"), byId("tape-note"), venues.names);
  const chart = new Chart(byId("chart"), byId("chart-note"), byId("bar"), byId("widths"), instrument, candles);
  price.onPaint = (received_at) => page.line.say({ type: "painted", received_at });
  // Spoken once when it happens; the age itself would be spoken without end.
  price.onStale = (isStale) => write(byId("status"), isStale ? "The price is stale." : "The price is fresh again.");
  const [uptime, latency] = [table("uptime", "lines"), table("latency", "hops")];
  return { venues, price, trades: tape, candle: chart, feed: new FeedPanels(byId, price), uptime, latency };
}

// A table that shows a message's list as it is.
function table(name, list) {
  const rows = new Rows(byId(name), byId(`${name}-row`), byId(`${name}-note`), writeAll);
  return { show: (message) => rows.show(message[list]) };
}

function show(message) {
  if (message.type === "snapshot") startOver(message);
  panels?.[message.type]?.show(message);
  if (message.type !== "trades" && message.type !== "candle") tell(page);
}

// The whole state of the feed follows. A page of other instruments gets another page.
function startOver(snapshot) {
  feedHeard = snapshot.feed;
  reloadSoon("instruments", snapshot.instruments.join(" ") !== instruments.trim());
  panels?.price.startOver();
  panels?.candle.load();
}

function tell({ clock }) {
  panels?.price.tell(clock, Number(staleAfter));
  panels?.venues.tell(clock, Number(staleAfter));
}

page.open();
// The chart is drawn in the colours that the page had when it was opened. Who was sent away keeps them.
window.matchMedia("(prefers-color-scheme: light)").addEventListener("change", () => {
  if (!page.line.isSentAway) location.reload();
});
