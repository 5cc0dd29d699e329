// What is drawn: candles, volume, marks and lines, by the chart library. Nothing else knows it.

/* global LightweightCharts */

import { day, minuteOfDay, price } from "../../figures.js";
import { secondsOf } from "./bars.js";
import { colours, whenColoursChange } from "./colours.js";

const VOLUME = { priceFormat: { type: "volume" }, lastValueVisible: false, priceLineVisible: false };
const VOLUME_SHARE = 0.22;
const FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Liberation Sans', sans-serif";
// Of the library's kinds of ticks, those from which on a time of day is told and not a date.
const HOURS = 3;
// In pixels; and how much one step of the zoom is.
const SPACINGS = { narrow: 6, wide: 12, least: 3 };
const ZOOM = 1.3;
// So many bars of room behind the last one.
const BEHIND_NOW = 2;

export class Picture {
  // `point` is told the time of the bar under the pointer, `move` which bars are in sight.
  constructor(canvas, point, move) {
    this.chart = LightweightCharts.createChart(canvas, { autoSize: true, ...layout(colours()) });
    this.time = this.chart.timeScale();
    this.time.applyOptions({ barSpacing: canvas.clientWidth < 500 ? SPACINGS.narrow : SPACINGS.wide });
    this.candles = this.chart.addSeries(LightweightCharts.CandlestickSeries);
    this.volume = this.chart.addSeries(LightweightCharts.HistogramSeries, VOLUME, 1);
    this.chart.panes()[1].setStretchFactor(VOLUME_SHARE);
    this.markers = LightweightCharts.createSeriesMarkers(this.candles, []);
    this.levels = new Map();
    // What the library says by itself, when bars move under a crosshair that keys have set, is not what they point at.
    this.chart.subscribeCrosshairMove((at) => at.sourceEvent && point(at.time));
    canvas.addEventListener("mouseleave", () => point(null));
    this.time.subscribeVisibleLogicalRangeChange(move);
    this.colour();
  }

  // Which bars are in sight, by their numbers.
  get range() {
    return this.time.getVisibleLogicalRange();
  }

  // So many are that wide now.
  barsWithin(pixels) {
    return Math.ceil(pixels / this.time.options().barSpacing);
  }

  // Those who draw with the colours are told after they changed.
  whenColoursChange(tell) {
    whenColoursChange(() => {
      this.colour();
      tell();
    });
  }

  colour() {
    this.colours = colours();
    const { up, down } = this.colours;
    this.chart.applyOptions(layout(this.colours));
    const ups = { upColor: up, wickUpColor: up, borderUpColor: up };
    this.candles.applyOptions({ ...ups, downColor: down, wickDownColor: down, borderDownColor: down });
  }

  draw(sorted) {
    const decimals = decimalsOf(sorted);
    this.candles.applyOptions({ priceFormat: { type: "price", precision: decimals, minMove: 1 / 10 ** decimals } });
    this.chart.applyOptions({ localization: { priceFormatter: (value) => price(value.toFixed(decimals)) } });
    this.candles.setData(sorted.map(candleOf));
    this.volume.setData(sorted.map((bar) => this.volumeOf(bar)));
  }

  update(bar) {
    this.candles.update(candleOf(bar));
    this.volume.update(this.volumeOf(bar));
  }

  volumeOf(bar) {
    const { upFaint, downFaint } = this.colours;
    return { time: secondsOf(bar), value: +bar.volume, color: +bar.close >= +bar.open ? upFaint : downFaint };
  }

  showVolume(isShown) {
    this.volume.applyOptions({ visible: isShown });
  }

  // Each with time, shape, position, text and the name of its colour; in the order of their times.
  mark(marks) {
    this.markers.setMarkers(marks.map((mark) => ({ ...mark, color: this.colours[mark.color] })));
  }

  // Each with key, price, title, style and the name of its colour.
  drawLevels(levels) {
    const wanted = new Map(levels.map((level) => [level.key, level]));
    for (const [key, line] of this.levels) {
      if (wanted.has(key)) continue;
      this.candles.removePriceLine(line);
      this.levels.delete(key);
    }
    for (const [key, level] of wanted) this.drawLevel(key, level);
  }

  drawLevel(key, { price: at, title, style, color }) {
    const options = { price: +at, title, color: this.colours[color], lineStyle: LightweightCharts.LineStyle[style], lineWidth: 1 };
    if (this.levels.has(key)) this.levels.get(key).applyOptions(options);
    else this.levels.set(key, this.candles.createPriceLine({ ...options, axisLabelVisible: true }));
  }

  // The crosshair on a bar, which comes into sight.
  pointAt(bar, index, at) {
    const { from, to } = this.range;
    const shift = index < from + 1 ? index - from - 1 : index > to - 1 ? index - to + 1 : 0;
    const point = () => this.chart.setCrosshairPosition(at, secondsOf(bar), this.candles);
    if (!shift) return point();
    this.time.setVisibleLogicalRange({ from: from + shift, to: to + shift });
    // Only then is the bar in its new place.
    requestAnimationFrame(point);
  }

  pointNowhere() {
    this.chart.clearCrosshairPosition();
  }

  // Around the end that is in sight.
  zoom(direction) {
    const { from, to } = this.range;
    this.time.setVisibleLogicalRange({ from: to - (to - from) / ZOOM ** direction, to });
  }

  goToNow() {
    this.time.scrollToPosition(BEHIND_NOW, false);
  }
}

function layout({ quiet, rule }) {
  return {
    layout: {
      background: { color: "transparent" },
      textColor: quiet,
      fontFamily: FONT,
      panes: { separatorColor: rule, enableResize: false },
      attributionLogo: true,
    },
    grid: { vertLines: { color: rule }, horzLines: { color: rule } },
    crosshair: { mode: 0 },
    rightPriceScale: { borderColor: rule },
    timeScale: {
      borderColor: rule,
      timeVisible: true,
      secondsVisible: false,
      rightOffset: BEHIND_NOW,
      minBarSpacing: SPACINGS.least,
      tickMarkFormatter: (time, kind) => (kind < HOURS ? day(iso(time)) : minuteOfDay(iso(time))),
    },
    localization: { locale: document.documentElement.lang || "en", timeFormatter: (time) => `${day(iso(time))} ${minuteOfDay(iso(time))}` },
  };
}

const iso = (time) => new Date(time * 1000).toISOString();

// Floats are good enough for pixels, and for nothing else. A bar of which trades are missing is hollow, one of which
// all are missing leaves its place empty.
function candleOf(bar) {
  const time = secondsOf(bar);
  if (bar.open === null) return { time };
  const candle = { time, open: +bar.open, high: +bar.high, low: +bar.low, close: +bar.close };
  return bar.status === "partial" ? { ...candle, color: "transparent" } : candle;
}

function decimalsOf(bars) {
  return bars.reduce((most, bar) => Math.max(most, fractionOf(bar.high), fractionOf(bar.low)), 2);
}

const fractionOf = (text) => (text?.split(".")[1] ?? "").replace(/0+$/, "").length;
