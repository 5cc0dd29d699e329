// The colours of the page as the chart needs them, and word when they change.

const NAMES = ["up", "down", "rule", "quiet", "text", "accent", "warn", "gain", "loss"];

// As rgb(…), which the library reads, whatever the style sheet makes them of.
export function colours() {
  const probe = document.createElement("span");
  probe.style.forcedColorAdjust = "none";
  document.body.append(probe);
  const told = (name) => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  const found = Object.fromEntries(NAMES.map((name) => [name, told(name)]));
  probe.remove();
  return { ...found, upFaint: faint(found.up), downFaint: faint(found.down) };
}

const faint = (colour) => colour.replace("rgb(", "rgba(").replace(")", ", 0.4)");

// By day and by night, or because somebody chose.
export function whenColoursChange(tell) {
  window.matchMedia("(prefers-color-scheme: light)").addEventListener("change", tell);
  new MutationObserver(tell).observe(document.documentElement, { attributeFilter: ["data-theme", "class"] });
}
