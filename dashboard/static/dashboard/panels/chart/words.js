// A bar in words, for those who cannot or need not see the picture.

import { day, minuteOfDay, price, size } from "../../figures.js";

// What a bar does not know.
export const NOTHING = "–";

export const timeOf = ({ start_at }) => `${day(start_at)} ${minuteOfDay(start_at)}`;

export function barWords(bar) {
  const prices = [["O", bar.open], ["H", bar.high], ["L", bar.low], ["C", bar.close]].filter(([, number]) => number);
  const parts = [timeOf(bar), ...prices.map(([letter, number]) => `${letter} ${price(number)}`)];
  const told = [...parts, `V ${size(bar.volume)}`, trust(bar)].filter(Boolean);
  // Bound by no-break spaces, so that a letter never loses its number at the end of a line.
  return told.map((part) => part.replaceAll(" ", "\u00a0")).join("   ");
}

// How far a bar may be trusted; nothing where nothing is missing.
export function trust({ status, gap_seconds }) {
  const seconds = Math.ceil(gap_seconds);
  if (status === "partial") return interpolate(gettext("partial: %(seconds)s s missing"), { seconds }, true);
  return status === "repaired" ? gettext("repaired") : "";
}

// The cells of the table of the last bars.
export function barCells(bar) {
  const told = (number) => (number ? price(number) : NOTHING);
  const { open, high, low, close } = bar;
  const prices = { open: told(open), high: told(high), low: told(low), close: told(close) };
  return { time: timeOf(bar), ...prices, volume: size(bar.volume), trust: trust(bar) };
}
