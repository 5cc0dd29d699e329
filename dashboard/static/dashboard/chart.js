// The candle chart: draws bars of the width that is chosen, and asks for them again every minute.

/* global LightweightCharts */

import { Bars, secondsOf } from "./bars.js";
import { price, size, write } from "./figures.js";

// The colours of the page, by day or by night.
const style = getComputedStyle(document.documentElement);
const [UP, DOWN, RULE, QUIET] = ["--up", "--down", "--rule", "--quiet"].map((name) => style.getPropertyValue(name).trim());

const OPTIONS = {
  autoSize: true,
  layout: {
    background: { color: "transparent" },
    textColor: QUIET,
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
const CANDLES = {
  upColor: UP, wickUpColor: UP, borderUpColor: UP,
  downColor: DOWN, wickDownColor: DOWN, borderDownColor: DOWN,
};
const VOLUME = { priceFormat: { type: "volume" }, lastValueVisible: false, priceLineVisible: false };
// By then the minute before is stored and closed; not all pages ask at once.
const RELOAD_AFTER_MS = 5000;
const RELOAD_WITHIN_MS = 3000;

export class Chart {
  constructor(block, note, summary, widths, instrument, address) {
    this.note = note;
    this.summary = summary;
    this.widths = [...widths.querySelectorAll("button")];
    this.instrument = instrument;
    this.candlesAt = new URL(address, location.href);
    this.chart = LightweightCharts.createChart(block, OPTIONS);
    this.chart.timeScale().applyOptions({ barSpacing: block.clientWidth < 500 ? 6 : 12 });
    this.candles = this.chart.addSeries(LightweightCharts.CandlestickSeries, CANDLES);
    this.volume = this.chart.addSeries(LightweightCharts.HistogramSeries, VOLUME, 1);
    this.chart.panes()[1].setStretchFactor(0.22);
    this.chart.subscribeCrosshairMove((at) => this.point(at.time));
    for (const button of this.widths) button.addEventListener("click", () => this.choose(button));
    this.setWidth(this.widths[0]);
  }

  choose(button) {
    this.setWidth(button);
    this.load();
  }

  setWidth(button) {
    for (const each of this.widths) each.setAttribute("aria-pressed", String(each === button));
    this.name = button.value;
    this.bars = new Bars(Number(button.dataset.seconds));
    // Nothing is drawn beside bars of another width.
    this.lastAt = Infinity;
  }

  address() {
    this.candlesAt.searchParams.set("width", this.name);
    return this.candlesAt;
  }

  async load() {
    const { bars } = this;
    bars.forgetLive();
    try {
      const answer = await fetch(this.address(), { headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(`status ${answer.status}`);
      bars.take(await answer.json());
      if (bars === this.bars) this.draw("No trade in the last hours. A bar appears with the first one.");
    } catch {
      if (bars === this.bars) this.draw("");
      this.say("Earlier bars could not be loaded. Bars go on from now; they are asked for again with the next minute.");
    }
  }

  draw(emptiness) {
    const sorted = this.bars.sorted();
    const decimals = decimalsOf(sorted);
    this.candles.applyOptions({ priceFormat: { type: "price", precision: decimals, minMove: 1 / 10 ** decimals } });
    this.chart.applyOptions({ localization: { priceFormatter: (value) => price(value.toFixed(decimals)) } });
    this.candles.setData(sorted.map(candleOf));
    this.volume.setData(sorted.map(volumeOf));
    this.lastAt = sorted.length ? secondsOf(sorted.at(-1)) : -Infinity;
    this.point(null);
    this.say(sorted.length ? "" : emptiness);
  }

  show(minute) {
    if (minute.instrument !== this.instrument) return;
    this.reloadAfter(secondsOf(minute));
    const bar = this.bars.show(minute);
    if (secondsOf(bar) < this.lastAt) return;
    this.lastAt = secondsOf(bar);
    this.candles.update(candleOf(bar));
    this.volume.update(volumeOf(bar));
    if (this.isAtEnd) this.describe(bar);
    this.say("");
  }

  // What became of the minute before, and the volume of longer bars, are asked for when a new minute begins.
  reloadAfter(minuteAt) {
    if (minuteAt > this.minuteAt) {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.load(), RELOAD_AFTER_MS + RELOAD_WITHIN_MS * Math.random());
    }
    this.minuteAt = minuteAt;
  }

  // The bar under the pointer, or the last one.
  point(time) {
    const bar = this.bars.known.get(time);
    this.isAtEnd = !bar || time === this.lastAt;
    const shown = bar ?? this.bars.known.get(this.lastAt);
    if (shown) this.describe(shown);
  }

  // A bar in words, for those who cannot or need not see the picture.
  describe(bar) {
    const prices = [["O", bar.open], ["H", bar.high], ["L", bar.low], ["C", bar.close]].filter(([, number]) => number);
    const parts = [...prices.map(([letter, number]) => [letter, price(number)]), ["V", size(bar.volume)]];
    if (bar.status === "partial") parts.push(["partial:", Math.ceil(bar.gap_seconds), "s", "missing"]);
    if (bar.status === "repaired") parts.push(["repaired"]);
    // Bound by no-break spaces, so that a letter never loses its number at the end of a line.
    write(this.summary, parts.map((part) => part.join("\u00a0")).join("   "));
  }

  say(text) {
    this.note.textContent = text;
    this.note.hidden = !text;
  }
}

// Floats are good enough for pixels, and for nothing else. A bar of which trades are missing is hollow, one of which
// all are missing leaves its place empty.
function candleOf(bar) {
  const time = secondsOf(bar);
  if (bar.open === null) return { time };
  const candle = { time, open: +bar.open, high: +bar.high, low: +bar.low, close: +bar.close };
  return bar.status === "partial" ? { ...candle, color: "transparent" } : candle;
}

function volumeOf(bar) {
  return { time: secondsOf(bar), value: +bar.volume, color: `${+bar.close >= +bar.open ? UP : DOWN}66` };
}

function decimalsOf(bars) {
  const numbers = bars.flatMap((bar) => [bar.high, bar.low]).filter(Boolean);
  return Math.max(2, ...numbers.map((text) => fractionOf(text).length));
}

const fractionOf = (text) => (text.split(".")[1] ?? "").replace(/0+$/, "");
