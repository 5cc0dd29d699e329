// Takes a file away with a word on how far it is; without this script the links do the same, silently.

import { say, written } from "./figures.js";

const TIME = /\d{4}-\d\d-\d\dT[\d:.]+Z/;
const NEWLINE = 10;
// Above it what came goes into a Blob, which a browser keeps on the disk.
const KEPT_BYTES = 8_000_000;
const LAST_BYTES = 4096;

const box = document.querySelector(".export");
const state = box?.querySelector(".export-state");
let underway = null;

function tell(text, share) {
  state.hidden = false;
  state.querySelector("[role=status]").textContent = text;
  const bar = state.querySelector("progress");
  if (share === undefined) bar.removeAttribute("value");
  else bar.value = share;
}

// How much of the time is told: rows come oldest first, so no row has to be counted beforehand.
function shareOf(line) {
  const from = Date.parse(box.dataset.from);
  const at = Date.parse(line.match(TIME)?.[0]);
  const share = (at - from) / (Date.parse(box.dataset.to) - from);
  return share > 0 && share <= 1 ? share : undefined;
}

// The end of all that came: a line may come in parts.
function endOf(text, chunk) {
  return (text + new TextDecoder().decode(chunk.slice(-LAST_BYTES))).slice(-LAST_BYTES);
}

function lastLine(text) {
  return text.slice(0, Math.max(text.lastIndexOf("\n"), 0)).trimEnd().split("\n").at(-1);
}

const count = (number) => written(String(Math.round(number)));

function progress(rows, share) {
  const about = share && say(gettext("%(rows)s rows of about %(all)s"), { rows: count(rows), all: count(rows / share) });
  tell(about || say(gettext("%(rows)s rows"), { rows: count(rows) }), share);
}

async function taken(answer) {
  let parts = [];
  let waiting = 0;
  let rows = answer.headers.get("Content-Type").startsWith("text/csv") ? -1 : 0;
  let end = "";
  for (const reader = answer.body.getReader(); ; ) {
    const { done, value } = await reader.read();
    if (done) break;
    parts.push(value);
    waiting += value.length;
    if (waiting > KEPT_BYTES) [parts, waiting] = [[new Blob(parts)], 0];
    for (const byte of value) if (byte === NEWLINE) rows += 1;
    end = endOf(end, value);
    progress(Math.max(rows, 0), shareOf(lastLine(end)));
  }
  const last = lastLine(end);
  if (last.startsWith('{"error"')) throw new Error(JSON.parse(last).error);
  return { file: new Blob(parts), rows };
}

function save(file, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

async function take(address, signal) {
  tell(gettext("Starting …"));
  const answer = await fetch(address, { signal });
  if (!answer.ok) throw new Error((await answer.json()).error);
  const { file, rows } = await taken(answer);
  save(file, answer.headers.get("Content-Disposition").match(/filename="([^"]+)"/)[1]);
  tell(say(gettext("Done: %(rows)s rows."), { rows: count(rows) }), 1);
}

async function start(address) {
  underway?.abort();
  const own = (underway = new AbortController());
  const cancel = state.querySelector("[data-cancel]");
  cancel.hidden = false;
  try {
    await take(address, own.signal);
  } catch (error) {
    // Another one is told of by now.
    if (own !== underway) return;
    const words = error.name === "AbortError" ? gettext("Cancelled.") : say(gettext("It broke off: %(why)s"), { why: error.message });
    tell(words, 0);
  }
  cancel.hidden = true;
}

box?.addEventListener("click", (event) => {
  if (event.target.matches("[data-cancel]")) underway.abort();
  if (!event.target.matches("[data-export]")) return;
  event.preventDefault();
  start(event.target.href);
});
