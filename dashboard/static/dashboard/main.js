// The page's wiring: one socket, the panels it feeds, and a timer that keeps every age honest.

import { Chart } from "./chart.js";
import { ServerClock } from "./clock.js";
import { FeedPanels, fillAlert } from "./feed.js";
import { write } from "./figures.js";
import { Line } from "./line.js";
import { Passport } from "./passport.js";
import { PricePanel } from "./price.js";
import { reloadSoon } from "./reload.js";
import { Rows, writeAll } from "./rows.js";
import { Tape } from "./tape.js";
import { Venues } from "./venues.js";

const TELL_EVERY_MS = 200;
const byId = (id) => document.getElementById(id);

const { now, staleAfter, instrument, instruments, socket, candles } = byId("board").dataset;
const clock = new ServerClock(now);
const panels = instrument ? makePanels() : null;
const health = new Rows(byId("health"), byId("alert-row"), null, fillAlert);
const line = new Line(socket, hear, showLine);

function makePanels() {
  const venues = new Venues(byId("venues"), byId("venue-row"));
  const price = new PricePanel(byId("price"), new Passport(byId("passport")), venues.names);
  const tape = new Tape(byId("tape"), byId("trade-row"), byId("tape-note"), venues.names);
  const chart = new Chart(byId("chart"), byId("chart-note"), byId("bar"), byId("widths"), instrument, candles);
  const feed = new FeedPanels(byId, price);
  price.onPaint = (received_at) => line.say({ type: "painted", received_at });
  // Spoken once when it happens; the age itself would be spoken without end.
  price.onStale = (isStale) => write(byId("status"), isStale ? "The price is stale." : "The price is fresh again.");
  const [uptime, latency] = [table("uptime", "lines"), table("latency", "hops")];
  return { venues, price, trades: tape, candle: chart, feed, uptime, latency };
}

// A table that shows a message's list as it is.
function table(name, list) {
  const rows = new Rows(byId(name), byId(`${name}-row`), byId(`${name}-note`), writeAll);
  return { show: (message) => rows.show(message[list]) };
}

function hear(message) {
  if (message.type === "hello") start(message);
  else if (message.type === "tick") clock.set(message.now);
  else if (message.type === "health") showHealth(message);
  else panels?.[message.type]?.show(message);
  if (message.type !== "trades" && message.type !== "candle") tell();
}

function showHealth({ redis, lines }) {
  document.body.dataset.redis = redis;
  health.show(lines);
}

// The whole state follows a hello, so what is listed here starts empty.
function start(hello) {
  clock.set(hello.now);
  reloadSoon(hello.instruments.join(" ") !== instruments.trim());
  panels?.price.startOver();
  panels?.trades.clear();
  panels?.candle.load();
}

function showLine(state) {
  byId("line").dataset.state = state;
  document.body.dataset.line = state;
  tellLine();
}

function tellLine() {
  const text = byId("line").querySelector("[data-field=text]");
  const wait = Math.ceil(line.secondsToRetry());
  const label = { connecting: "Connecting", connected: "Connected", reconnecting: "Reconnecting" };
  const state = byId("line").dataset.state;
  write(text, state === "reconnecting" && wait ? `Reconnecting in ${wait} s` : label[state]);
}

function tell() {
  panels?.price.tell(clock, Number(staleAfter));
  panels?.venues.tell(clock, Number(staleAfter));
}

line.open();
setInterval(() => { tell(); tellLine(); }, TELL_EVERY_MS);
document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  tell();
  line.hurry();
});
window.addEventListener("online", () => line.hurry());
// The chart is drawn in the colours that the page had when it was opened.
window.matchMedia("(prefers-color-scheme: light)").addEventListener("change", () => location.reload());
