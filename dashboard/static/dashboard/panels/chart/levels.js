// The prices of the user's positions in the instrument of the chart: as lines, and in words.

import { price } from "../../figures.js";

const LOOKS = {
  entry: { color: "accent", style: "Solid", told: () => gettext("entry") },
  mark: { color: "quiet", style: "Dotted", told: () => gettext("mark") },
  liquidation: { color: "warn", style: "Dashed", told: () => gettext("liquidation") },
  "take-profit": { color: "gain", style: "Dashed", told: () => gettext("take-profit") },
  "stop-loss": { color: "loss", style: "Dashed", told: () => gettext("stop-loss") },
};

export class Levels {
  // `labels` are those of the accounts that may be seen, by their numbers.
  constructor(symbol, labels) {
    this.symbol = symbol;
    this.labels = labels;
    this.held = new Map();
  }

  // What an account says of its positions.
  take({ account, positions, stale_since_at }) {
    const held = positions.filter(({ symbol }) => symbol === this.symbol);
    this.held.set(account, held.map((position) => ({ ...position, account, isStale: stale_since_at !== null })));
  }

  get positions() {
    return [...this.held.values()].flat();
  }

  drawn() {
    return this.positions.flatMap((position) => position.levels.map((level, n) => this.line(position, level, n)));
  }

  line({ account, side, mode, arrow, isStale }, { kind, price: at }, n) {
    const { told, color, style } = LOOKS[kind];
    const title = `${this.labels.get(account)} ${arrow} ${told()}`;
    return {
      key: `${account} ${side} ${mode} ${kind} ${n}`,
      price: at,
      color: isStale ? "quiet" : color,
      style: isStale ? "Dotted" : style,
      title: isStale ? interpolate(gettext("%(line)s, may be old"), { line: title }, true) : title,
    };
  }

  // One line of words for each position.
  told() {
    return this.positions.map(({ account, arrow, side_text, size, levels, isStale }) => {
      const prices = levels.map(({ kind, price: at }) => `${LOOKS[kind].told()} ${price(shortened(at))}`);
      const whose = `${this.labels.get(account)} ${arrow} ${side_text} ${size}`;
      return { text: [whose, ...prices, ...(isStale ? [gettext("may be old")] : [])].join(" · ") };
    });
  }
}

// To eight digits, as the panel of the position tells it: an average of fills may have any number of them.
const shortened = (at) => (Number(at) >= 1 && at.length > 9 ? Number(at).toPrecision(8) : at);
