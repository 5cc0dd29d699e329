// The candle chart. It only draws: bars come ready from the server, whole over HTTP and the forming one live.

/* global LightweightCharts */

import { price, size, write } from "./figures.js";

const UP = "#2ecc71";
const DOWN = "#e74c3c";
const RULE = "#1d2731";

const OPTIONS = {
  autoSize: true,
  layout: {
    background: { color: "transparent" },
    textColor: "#9aa8b4",
    fontFamily: "system-ui, -apple-system, 'Segoe UI', Roboto, 'Liberation Sans', sans-serif",
    panes: { separatorColor: RULE, enableResize: false },
    attributionLogo: true,
  },
  grid: { vertLines: { color: RULE }, horzLines: { color: RULE } },
  crosshair: { mode: 0 },
  rightPriceScale: { borderColor: RULE },
  timeScale: { borderColor: RULE, timeVisible: true, secondsVisible: false, rightOffset: 2, minBarSpacing: 3 },
  localization: { locale: "en-GB" },
};
const CANDLES = { upColor: UP, downColor: DOWN, wickUpColor: UP, wickDownColor: DOWN, borderVisible: false };
const VOLUME = { priceFormat: { type: "volume" }, lastValueVisible: false, priceLineVisible: false };

export class Chart {
  constructor(block, note, summary, instrument, address) {
    this.note = note;
    this.summary = summary;
    this.instrument = instrument;
    this.address = address;
    this.live = new Map();
    this.chart = LightweightCharts.createChart(block, OPTIONS);
    this.chart.timeScale().applyOptions({ barSpacing: block.clientWidth < 500 ? 6 : 12 });
    this.candles = this.chart.addSeries(LightweightCharts.CandlestickSeries, CANDLES);
    this.volume = this.chart.addSeries(LightweightCharts.HistogramSeries, VOLUME, 1);
    this.chart.panes()[1].setStretchFactor(0.22);
  }

  async load() {
    // Bars of an earlier connection may lack what came in between.
    this.live.clear();
    try {
      const answer = await fetch(this.address, { headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(`status ${answer.status}`);
      this.replace(await answer.json());
    } catch {
      this.say("The last hour of trade could not be loaded. Bars go on from now; it is asked for again on reconnect.");
    }
  }

  replace(bars) {
    const merged = new Map(bars.map((bar) => [bar.start_at, bar]));
    // A bar only grows: of the socket's and the database's, the one with more volume knows more.
    for (const [start, bar] of this.live) merged.set(start, fuller(bar, merged.get(start)));
    const sorted = [...merged.values()].sort((a, b) => secondsOf(a) - secondsOf(b));
    const decimals = decimalsOf(sorted);
    this.candles.applyOptions({ priceFormat: { type: "price", precision: decimals, minMove: 1 / 10 ** decimals } });
    this.chart.applyOptions({ localization: { priceFormatter: (value) => price(value.toFixed(decimals)) } });
    this.candles.setData(sorted.map(candleOf));
    this.volume.setData(sorted.map(volumeOf));
    this.lastAt = sorted.length ? secondsOf(sorted.at(-1)) : -Infinity;
    if (sorted.length) this.describe(sorted.at(-1));
    this.say(sorted.length ? "" : "No trade in the last hour. A bar appears with the first one.");
  }

  show(bar) {
    if (bar.instrument !== this.instrument) return;
    this.live.set(bar.start_at, bar);
    if (secondsOf(bar) >= this.lastAt) {
      this.lastAt = secondsOf(bar);
      this.candles.update(candleOf(bar));
      this.volume.update(volumeOf(bar));
      this.describe(bar);
      this.say("");
    }
  }

  // The forming bar in words, for those who cannot or need not see the picture.
  describe(bar) {
    const [open, high, low, close] = [bar.open, bar.high, bar.low, bar.close].map(price);
    const parts = [["O", open], ["H", high], ["L", low], ["C", close], ["V", size(bar.volume)]];
    // Bound by no-break spaces, so that a letter never loses its number at the end of a line.
    write(this.summary, parts.map((part) => part.join("\u00a0")).join("   "));
  }

  say(text) {
    this.note.textContent = text;
    this.note.hidden = !text;
  }
}

const fuller = (bar, other) => (other && +other.volume > +bar.volume ? other : bar);
const secondsOf = (bar) => Date.parse(bar.start_at) / 1000;

// Floats are good enough for pixels, and for nothing else.
function candleOf(bar) {
  return { time: secondsOf(bar), open: +bar.open, high: +bar.high, low: +bar.low, close: +bar.close };
}

function volumeOf(bar) {
  return { time: secondsOf(bar), value: +bar.volume, color: `${+bar.close >= +bar.open ? UP : DOWN}66` };
}

function decimalsOf(bars) {
  return Math.max(2, ...bars.flatMap((bar) => [bar.high, bar.low]).map((text) => fractionOf(text).length));
}

const fractionOf = (text) => (text.split(".")[1] ?? "").replace(/0+$/, "");
