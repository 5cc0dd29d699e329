// The colours of the page as the chart needs them, and word when they change.

const NAMES = ["up", "down", "rule", "quiet", "text", "accent", "warn", "gain", "loss"];
const FAINT = "66";

export function colours() {
  const style = getComputedStyle(document.documentElement);
  const found = Object.fromEntries(NAMES.map((name) => [name, hex(style.getPropertyValue(`--${name}`).trim())]));
  return { ...found, upFaint: found.up + FAINT, downFaint: found.down + FAINT };
}

// The library reads #rrggbb and rgb() only.
function hex(colour) {
  const short = /^#(.)(.)(.)$/.exec(colour);
  return short ? `#${short.slice(1).map((digit) => digit + digit).join("")}` : colour;
}

// By day and by night, or because somebody chose.
export function whenColoursChange(tell) {
  window.matchMedia("(prefers-color-scheme: light)").addEventListener("change", tell);
  new MutationObserver(tell).observe(document.documentElement, { attributeFilter: ["data-theme", "class"] });
}
