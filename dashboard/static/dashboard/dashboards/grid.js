// The panels of a page in their order, while somebody arranges them. They go on running: only their places change.

const SIZES = ["S", "M", "L", "XL"];

export class Grid {
  constructor(root) {
    this.root = root;
    this.all = [...root.querySelectorAll(":scope > [data-number]")];
    this.before = this.all.map((panel) => [panel, panel.dataset.size]);
    // The last one that was taken away comes back first.
    this.removed = [];
  }

  get panels() {
    return [...this.root.querySelectorAll(":scope > [data-number]:not([hidden])")];
  }

  placeOf(panel) {
    return this.panels.indexOf(panel);
  }

  // To that place among the others. Where one step does, it is the neighbour that moves: the panel keeps its focus.
  put(panel, place) {
    const { panels } = this;
    const from = panels.indexOf(panel);
    const to = Math.max(0, Math.min(panels.length - 1, place));
    if (to === from + 1) panel.before(panels[to]);
    else if (to === from - 1) panel.after(panels[to]);
    else if (to > from) panels[to].after(panel);
    else if (to < from) panels[to].before(panel);
    return to !== from;
  }

  resize(panel, by) {
    const size = SIZES[SIZES.indexOf(panel.dataset.size) + by];
    if (size) panel.dataset.size = size;
    return Boolean(size);
  }

  remove(panel) {
    panel.hidden = true;
    this.removed.push(panel);
  }

  putBack() {
    const panel = this.removed.pop();
    panel.hidden = false;
    return panel;
  }

  // As everything was.
  restore() {
    while (this.removed.length) this.putBack();
    for (const [panel, size] of this.before) {
      panel.dataset.size = size;
      this.root.append(panel);
    }
  }

  get isChanged() {
    const isSame = ([panel, size], place) => this.panels[place] === panel && panel.dataset.size === size;
    return this.removed.length > 0 || !this.before.every(isSame);
  }

  // What is saved: dashboards/order.py.
  arrangement(revision) {
    const slot = ({ dataset }) => ({ number: Number(dataset.number), size: dataset.size });
    const removed = this.removed.map(({ dataset }) => Number(dataset.number));
    return { revision, panels: this.panels.map(slot), removed };
  }
}
