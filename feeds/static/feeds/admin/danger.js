// Before a form is sent that does something dangerous, a dialog says what will happen, and asks.

export function askBeforeDanger(page) {
  page.addEventListener("submit", (event) => {
    const form = event.target;
    const dangers = [...form.elements].map(dangerOf).filter(Boolean);
    if (!dangers.length || form.dataset.confirmed) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    ask(page, dangers, () => {
      form.dataset.confirmed = "yes";
      form.requestSubmit(event.submitter);
    });
  }, true);
}

// What the page said when it was loaded is what counts as before.
function dangerOf(control) {
  const { dangerOn, dangerOff, dangerChanged } = control.dataset;
  const wasOn = control.defaultChecked;
  let text = "";
  if (dangerOn && control.checked && !wasOn) text = dangerOn;
  if (dangerOff && !control.checked && wasOn) text = dangerOff;
  if (dangerChanged && isChanged(control)) text = dangerChanged;
  const row = control.closest("tr")?.querySelector("th a");
  return text && row ? `${row.textContent.trim()}: ${text}` : text;
}

function isChanged(control) {
  if (!control.options) return control.value !== control.defaultValue;
  return [...control.options].some((option) => option.selected !== option.defaultSelected);
}

function ask(page, dangers, onYes) {
  const dialog = page.createElement("dialog");
  dialog.className = "omega";
  const title = element(page, "h2", gettext("Is this what you want?"));
  title.id = "danger";
  dialog.setAttribute("aria-labelledby", title.id);
  const list = page.createElement("ul");
  list.append(...dangers.map((text) => element(page, "li", text)));
  const no = element(page, "button", gettext("No, go back"));
  const yes = element(page, "button", gettext("Yes, save"));
  no.className = "button";
  yes.className = "button danger";
  const buttons = page.createElement("div");
  buttons.className = "row";
  buttons.append(yes, no);
  dialog.append(title, list, buttons);
  page.body.append(dialog);
  dialog.addEventListener("close", () => dialog.remove());
  no.addEventListener("click", () => dialog.close());
  yes.addEventListener("click", () => {
    dialog.close();
    onYes();
  });
  dialog.showModal();
  // Whoever types Enter twice has not decided.
  no.focus();
}

function element(page, name, text) {
  const made = page.createElement(name);
  made.textContent = text;
  return made;
}
