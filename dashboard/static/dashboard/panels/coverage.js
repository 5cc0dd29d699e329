// How much of each venue's time is covered, as a table of hours or days with a number in each cell.

import { write } from "../figures.js";
import { coverLevel, coverWords, covered } from "../operation.js";
import { Panel, press } from "./panel.js";

const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

export class CoveragePanel extends Panel {
  constructor(block, page) {
    super(block, page);
    this.width = "hours";
    this.told = null;
    this.buttons = [...block.querySelectorAll(".widths button")];
    for (const button of this.buttons) button.addEventListener("click", () => this.choose(button));
    const { lines } = this.fields;
    lines.addEventListener("pointerover", ({ target }) => this.describe(target));
    lines.addEventListener("focusin", ({ target }) => this.describe(target));
    lines.addEventListener("keydown", (event) => this.move(event));
    this.offer();
  }

  wishes() {
    return [{ topic: "health", feed: this.about.feed }];
  }

  hear_coverage(message) {
    this.told = message;
    this.draw();
  }

  choose(button) {
    this.width = button.value;
    press(this.buttons, button);
    if (this.told) this.draw();
  }

  draw() {
    const { head, lines, note } = this.fields;
    const starts = this.told[this.width];
    fit(head, starts.length + 1, () => cell("th", "col"));
    starts.forEach((start, i) => write(head.cells[i + 1], this.width === "hours" ? start.slice(11, 13) : start.slice(8, 10)));
    fit(lines, this.told.lines.length, () => document.createElement("tr"));
    this.told.lines.forEach((line, i) => this.fill(lines.rows[i], line));
    note.hidden = this.told.lines.length > 0;
    this.offer();
  }

  fill(row, line) {
    const shares = line[this.width];
    fit(row, 1, () => cell("th", "row"));
    fit(row, shares.length + 1, () => document.createElement("td"));
    write(row.cells[0], line.name);
    shares.forEach((share, i) => fillCell(row.cells[i + 1], share));
  }

  // One cell takes part in the order of the keyboard; arrows lead to the others.
  offer() {
    const { lines } = this.fields;
    if (lines.querySelector("td[tabindex]")) return;
    const last = lines.rows[0]?.cells[lines.rows[0].cells.length - 1];
    if (last?.matches("td")) last.tabIndex = 0;
  }

  move(event) {
    const step = STEPS[event.key];
    if (!step || !event.target.matches("td")) return;
    event.preventDefault();
    const row = this.fields.lines.rows[event.target.parentElement.sectionRowIndex + step[0]];
    const next = row?.cells[event.target.cellIndex + step[1]];
    if (!next?.matches("td")) return;
    event.target.removeAttribute("tabindex");
    next.tabIndex = 0;
    next.focus();
  }

  describe(target) {
    if (!target.matches("td")) return;
    const venue = target.parentElement.cells[0].textContent;
    const start = this.fields.head.cells[target.cellIndex].textContent;
    const names = { venue, start, words: target.title };
    const text = this.width === "hours" ? gettext("%(venue)s, %(start)s:00 UTC: %(words)s") : gettext("%(venue)s, day %(start)s: %(words)s");
    write(this.fields.detail, interpolate(text, names, true));
  }
}

// As many children as are needed.
function fit(parent, count, make) {
  while (parent.children.length > count) parent.lastElementChild.remove();
  while (parent.children.length < count) parent.append(make());
}

function cell(name, scope) {
  const made = document.createElement(name);
  made.scope = scope;
  return made;
}

function fillCell(element, told) {
  const words = coverWords(told);
  element.dataset.level = coverLevel(told[0]);
  if (element.title !== words) element.title = words;
  write(element, covered(told[0]));
}
