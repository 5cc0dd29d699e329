// Arranging a dashboard in its page: by dragging or by keys, kept until it is saved or cancelled.

import { fields, write } from "../figures.js";
import { Drag } from "./drag.js";
import { Grid } from "./grid.js";
import { save } from "./save.js";

const STEPS = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1, Home: -Infinity, End: Infinity };
const SIZING = { "+": 1, "-": -1 };

// The kind of panel, and what it shows where that is its heading: Price BTC-USDT.
function titleOf(panel) {
  const heading = panel.querySelector("h2").textContent.trim();
  const { title } = panel.dataset;
  return heading === title ? title : `${title} ${heading}`;
}

export class Arranging {
  constructor(bar, root, following) {
    this.root = root;
    this.following = following;
    this.fields = fields(bar);
    this.tools = bar.querySelector("template[data-row=tools]");
    this.form = bar.querySelector("form");
    this.actions = Object.fromEntries([...bar.querySelectorAll("[data-action]")].map((e) => [e.dataset.action, e]));
    for (const [name, button] of Object.entries(this.actions)) button.addEventListener("click", () => this[name]());
    this.form.addEventListener("submit", (event) => this.add(event));
    window.addEventListener("beforeunload", (event) => { if (this.grid?.isChanged) event.preventDefault(); });
    this.actions.begin.hidden = false;
    if (location.hash === `#${bar.id}`) this.beginAtOnce();
  }

  // Who comes from a form that made it wants to go on. Loaded again, the page is looked at.
  beginAtOnce() {
    history.replaceState(history.state, "", location.pathname + location.search);
    this.begin();
  }

  begin() {
    this.grid = new Grid(this.root);
    for (const panel of this.grid.all) panel.prepend(this.toolsOf(panel));
    this.following.onOvertaken = (isOvertaken) => this.warn(isOvertaken);
    this.turn(true);
    this.actions.save.focus();
  }

  cancel() {
    this.grid.restore();
    this.end(this.following.revision);
    this.say(gettext("Everything is as it was."));
  }

  end(revision) {
    for (const tools of this.root.querySelectorAll(".tools")) tools.remove();
    this.grid = null;
    this.turn(false);
    this.complain("");
    this.following.settle(revision);
    this.actions.begin.focus();
  }

  turn(isMoving) {
    this.fields.still.hidden = isMoving;
    this.fields.moving.hidden = !isMoving;
    this.root.toggleAttribute("data-arranged", isMoving);
    this.actions.undo.hidden = true;
  }

  toolsOf(panel) {
    const tools = this.tools.content.firstElementChild.cloneNode(true);
    const title = titleOf(panel);
    const labels = {
      grip: gettext("Move %(title)s"),
      smaller: gettext("Make %(title)s smaller"),
      larger: gettext("Make %(title)s larger"),
      remove: gettext("Remove %(title)s"),
    };
    const acts = {
      smaller: () => this.resize(panel, -1),
      larger: () => this.resize(panel, 1),
      remove: () => this.remove(panel),
    };
    for (const button of tools.querySelectorAll("[data-tool]")) {
      const { tool } = button.dataset;
      button.setAttribute("aria-label", interpolate(labels[tool], { title }, true));
      if (acts[tool]) button.addEventListener("click", acts[tool]);
    }
    const grip = tools.querySelector("[data-tool=grip]");
    grip.addEventListener("keydown", (event) => this.press(event, panel));
    grip.addEventListener("pointerdown", (event) => this.drag(event, panel));
    return tools;
  }

  press(event, panel) {
    const { key } = event;
    if (key in STEPS) this.move(panel, this.grid.placeOf(panel) + STEPS[key]);
    else if (key in SIZING) this.resize(panel, SIZING[key]);
    else if (key === "Delete") this.remove(panel);
    else return;
    event.preventDefault();
    // A panel that was taken out of the page and put back has lost it.
    if (!panel.hidden) event.currentTarget.focus();
  }

  drag(event, panel) {
    const from = this.grid.placeOf(panel);
    const put = (over) => this.grid.put(panel, this.grid.placeOf(over));
    new Drag(event, panel, put, (isKept) => {
      if (isKept) this.sayPlace(panel);
      else this.move(panel, from);
    });
  }

  move(panel, place) {
    this.grid.put(panel, place);
    this.sayPlace(panel);
  }

  sayPlace(panel) {
    const place = { title: titleOf(panel), place: this.grid.placeOf(panel) + 1, count: this.grid.panels.length };
    this.say(interpolate(gettext("%(title)s moved to place %(place)s of %(count)s"), place, true));
  }

  resize(panel, by) {
    const text = this.grid.resize(panel, by)
      ? gettext("%(title)s has size %(size)s now")
      : gettext("%(title)s has size %(size)s, and no other this way");
    this.say(interpolate(text, { title: titleOf(panel), size: panel.dataset.size }, true));
  }

  remove(panel) {
    this.grid.remove(panel);
    this.actions.undo.hidden = false;
    this.actions.undo.focus();
    this.say(interpolate(gettext("%(title)s is removed, once you save"), { title: titleOf(panel) }, true));
  }

  undo() {
    const panel = this.grid.putBack();
    this.actions.undo.hidden = this.grid.removed.length === 0;
    panel.querySelector("[data-tool=grip]").focus();
    this.sayPlace(panel);
  }

  // Whether it is saved. Panels that were removed still listen, and those that others added are not here: then another
  // page is loaded.
  async save(revision = this.following.revision) {
    const isSame = this.grid.removed.length === 0 && revision === this.following.revision;
    const saved = await save(this.following.address, this.grid.arrangement(revision), this.form);
    if (saved.isOvertaken) this.following.see(saved.revision);
    else if (saved.complaint) this.complain(saved.complaint);
    else this.end(saved.revision);
    if (saved.isSaved) this.say(gettext("Saved."));
    if (saved.isSaved && !isSame) location.reload();
    return saved.isSaved;
  }

  insist() {
    return this.save(this.following.newest);
  }

  load() {
    this.grid = null;
    location.reload();
  }

  // One thing after the other: what was arranged is not lost under the page that comes next.
  async add(event) {
    if (!this.grid?.isChanged) return;
    event.preventDefault();
    if (await this.save()) this.form.submit();
  }

  warn(isOvertaken) {
    if (isOvertaken) this.complain(gettext("Somebody else changed this dashboard meanwhile. Yours is not saved yet."), true);
  }

  complain(text, isOvertaken = false) {
    this.fields.problem.hidden = !text;
    this.actions.load.hidden = this.actions.insist.hidden = !isOvertaken;
    write(this.fields.complaint, text);
  }

  say(text) {
    write(this.fields.said, text);
  }
}
