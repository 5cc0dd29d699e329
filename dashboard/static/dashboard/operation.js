// How the figures of operation read: venues, servers, delays, coverage; templatetags/operation.py says the same.

import { age, minuteOfDay, written } from "./figures.js";

const counted = (number) => written(String(number));

// What nobody knows is a dash, and never a zero.
export const count = (number) => (number === null ? "–" : counted(number));
export const megabytes = (bytes) => (bytes === null ? "–" : `${written((bytes / 1024 / 1024).toFixed(1))} MB`);
export const milliseconds = (number) => (number === null ? "–" : `${counted(number)} ms`);

// Of a venue: whether its price is shown, or it is recorded beside.
export function roleLabel(role) {
  return { active: gettext("active"), standby: gettext("standby") }[role] ?? "";
}

// How far a venue's clock is ahead of ours, or behind it.
export function offset(milliseconds) {
  if (milliseconds === null) return "–";
  const seconds = (Math.abs(milliseconds) / 1000).toFixed(2);
  const sign = milliseconds < 0 ? "−" : "+";
  return `${Number(seconds) ? sign : ""}${written(seconds)} s`;
}

// 0.99997 is no 100 %: only what is whole is called so.
export function covered(share) {
  if (share === null) return "–";
  if (share === 1) return "100";
  return counted(Math.min(Math.floor(share * 1000) / 10, 99.9));
}

// Whether a venue is tried at all; with the end of an admin's word on that.
export function circuit(venue) {
  const words = { open: gettext("open"), "half-open": gettext("half-open") };
  const state = words[venue.circuit] ?? gettext("closed");
  if (!venue.forced_until) return state;
  const time = minuteOfDay(venue.forced_until);
  return interpolate(gettext("%(state)s by an admin until %(time)s"), { state, time }, true);
}

const SERVERS = {
  up: ["good", () => gettext("Up")],
  slow: ["attention", () => gettext("Slow")],
  filling: ["attention", () => gettext("Filling up")],
  evicting: ["attention", () => gettext("May forget")],
  read_only: ["bad", () => gettext("Read-only")],
  refused: ["bad", () => gettext("Down")],
  frozen: ["bad", () => gettext("Frozen")],
  loading: ["attention", () => gettext("Loading")],
  full: ["bad", () => gettext("Full")],
  misconfigured: ["bad", () => gettext("Cannot save")],
  credentials: ["bad", () => gettext("Refuses us")],
  busy: ["bad", () => gettext("Busy")],
  epoch: ["attention", () => gettext("Other data")],
  error: ["bad", () => gettext("Errors")],
  no_answer: ["unknown", () => gettext("Unknown")],
};
export const serverTone = (state) => (SERVERS[state] ?? SERVERS.error)[0];
export const serverState = (state) => (SERVERS[state] ?? SERVERS.error)[1]();

export function memory({ memory, memory_max }) {
  if (memory === null || !memory_max) return megabytes(memory);
  const share = ((100 * memory) / memory_max).toFixed(0);
  return interpolate(gettext("%(size)s (%(share)s %)"), { size: megabytes(memory), share }, true);
}

// How many of a worker's operations.
export function failed({ failures, operations }) {
  if (failures === null) return "–";
  return interpolate(gettext("%(count)s of %(all)s"), { count: count(failures), all: count(operations) }, true);
}

// Entries of the log that are not in the database, and for how long.
export function waiting({ waiting, oldest_s }) {
  if (!waiting) return count(waiting);
  return interpolate(gettext("%(count)s, %(age)s s"), { count: count(waiting), age: counted(oldest_s) }, true);
}

export const ago = (seconds) => interpolate(gettext("%(age)s ago"), { age: age(seconds) }, true);

const LEVELS = [["full", 1], ["good", 0.999], ["some", 0.99], ["poor", 0.9]];

// How dark a cell is; the number in it says the same.
export function coverLevel(share) {
  if (share === null) return "none";
  return LEVELS.find(([, least]) => share >= least)?.[0] ?? "bad";
}

// A cell in a sentence.
export function coverWords([share, missing, open, repaired, lost]) {
  if (share === null) return gettext("nobody was to listen");
  const told = { share: covered(share), missing: count(missing), open, repaired, lost };
  const text = gettext("%(share)s % covered, %(missing)s s missing; gaps: %(open)s open, %(repaired)s repaired, %(lost)s lost");
  return interpolate(text, told, true);
}
