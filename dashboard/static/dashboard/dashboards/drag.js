// A panel that is dragged by its grip, with a mouse, a pen or a finger.

// Near the edge of the window the page scrolls along.
const EDGE_PX = 60;
const SCROLL_PX = 16;

export class Drag {
  // `put` is told to which other panel it was dragged, `done` where it ended; null puts it back.
  constructor(event, panel, put, done) {
    this.panel = panel;
    this.put = put;
    this.done = done;
    this.over = null;
    // The panel itself is taken out and put elsewhere, and would lose the pointer.
    const root = panel.parentElement;
    const listening = new AbortController();
    const on = (target, type, hear) => target.addEventListener(type, hear, { signal: listening.signal });
    this.stop = (isKept) => {
      listening.abort();
      delete panel.dataset.dragged;
      done(isKept);
    };
    panel.dataset.dragged = "";
    root.setPointerCapture(event.pointerId);
    on(root, "pointermove", (moved) => this.move(moved));
    on(root, "pointerup", () => this.stop(true));
    on(root, "pointercancel", () => this.stop(false));
    on(window, "keydown", ({ key }) => { if (key === "Escape") this.stop(false); });
  }

  // Once for each panel that it comes over: whichever lies there after the change is waited for until it was left.
  move({ clientX, clientY }) {
    if (clientY < EDGE_PX) window.scrollBy(0, -SCROLL_PX);
    if (clientY > window.innerHeight - EDGE_PX) window.scrollBy(0, SCROLL_PX);
    const over = this.panelAt(clientX, clientY);
    if (over && over !== this.over) this.put(over);
    this.over = over && this.panelAt(clientX, clientY);
  }

  panelAt(x, y) {
    const panel = document.elementFromPoint(x, y)?.closest("[data-number]");
    return panel === this.panel ? null : panel;
  }
}
