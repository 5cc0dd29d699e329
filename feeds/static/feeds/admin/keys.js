// The theme's controls that only a mouse reaches get a place in the order of the Tab key, and what is drawn gets a name.

const CONTROLS = "[x-on\\:click]:is(span, div, h2, a:not([href])):not(.overflow-hidden)";

export function reachByKeys(page) {
  for (const icon of page.querySelectorAll(".material-symbols-outlined")) {
    const owner = icon.closest("a, button, [x-on\\:click]");
    const name = owner?.textContent.trim() === icon.textContent.trim() && names()[icon.textContent.trim()];
    if (name) owner.setAttribute("aria-label", name);
    if (owner !== icon) icon.ariaHidden = "true";
  }
  for (const control of page.querySelectorAll(CONTROLS)) {
    control.tabIndex = 0;
    control.setAttribute("role", "button");
  }
  // Django's own, which its scripts make when all is loaded.
  window.addEventListener("load", () => page.querySelectorAll("span.help-tooltip").forEach((icon) => { icon.role = "img"; }));
  page.addEventListener("keydown", (event) => {
    if ((event.key !== "Enter" && event.key !== " ") || !event.target.matches?.(CONTROLS)) return;
    event.preventDefault();
    event.target.click();
  });
}

// By the letters that the theme's font draws as an icon.
function names() {
  return {
    add: gettext("Add"),
    arrow_back: gettext("Back"),
    close: gettext("Close the menu"),
    dock_to_right: gettext("Menu"),
    more_vert: gettext("More"),
  };
}
