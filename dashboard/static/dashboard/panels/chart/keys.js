// The chart by keyboard: arrows go from bar to bar, plus and minus zoom, Home and End go to both ends.

const FAR = 10;

export function keysOf(canvas, { step, zoom, goToFirst, goToNow, leave }) {
  const deeds = {
    ArrowLeft: ({ shiftKey }) => step(shiftKey ? -FAR : -1),
    ArrowRight: ({ shiftKey }) => step(shiftKey ? FAR : 1),
    "+": () => zoom(1),
    "=": () => zoom(1),
    "-": () => zoom(-1),
    Home: goToFirst,
    End: goToNow,
    Escape: leave,
  };
  canvas.addEventListener("keydown", (event) => {
    const deed = deeds[event.key];
    // What the browser does with them it goes on doing.
    if (!deed || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    deed(event);
  });
  canvas.addEventListener("blur", leave);
}
