// Rows that were dragged: the theme numbers them from 0, our first place is 1.

export function countFromOne(page) {
  page.addEventListener("end", (event) => {
    const field = event.target.dataset?.orderingField;
    if (!field) return;
    const inputs = [...event.target.querySelectorAll(`input[name$="-${field}"]`)];
    inputs
      .filter((input) => !input.closest(".template, .empty-form"))
      .forEach((input, index) => {
        input.value = index + 1;
        input.dispatchEvent(new Event("change", { bubbles: true }));
      });
  });
}
