"""axe-core over a page that is open: what keeps somebody from reading or using it, in every theme."""

from typing import Final, cast

from axe_playwright_python.base import AXE_SCRIPT
from playwright.async_api import Page

THEMES: Final = ("dark", "light", "cb-dark", "cb-light")
# Everything once, in the colours that the system wishes; then in each theme what depends on colours.
_RUN: Final = """async (themes) => {
  const root = document.documentElement;
  const before = root.dataset.theme;
  const isAdmin = before === undefined;
  const wear = (theme) => {
    if (isAdmin) root.classList.toggle("dark", theme.endsWith("dark"));
    else root.dataset.theme = theme;
  };
  const look = async (theme, options) => {
    const { violations } = await axe.run({ resultTypes: ["violations"], ...options });
    return violations.filter(({ impact }) => impact === "serious" || impact === "critical").flatMap(({ id, nodes }) => (
      nodes.map(({ target, failureSummary }) => [theme, id, target.join(" "), failureSummary].join(" | "))
    ));
  };
  if (!isAdmin) wear("auto");
  const found = await look("auto", {});
  for (const theme of isAdmin ? ["dark", "light"] : themes) {
    wear(theme);
    found.push(...await look(theme, { runOnly: ["color-contrast", "link-in-text-block"] }));
  }
  if (!isAdmin) wear(before);
  return found;
}"""


async def look_at(page: Page) -> list[str]:
    """What is serious or critical: the theme, the rule, where, and what would mend it."""
    # A colour on its way to another one is neither.
    await page.emulate_media(reduced_motion="reduce", color_scheme="light")
    await page.evaluate(AXE_SCRIPT)
    return cast(list[str], await page.evaluate(_RUN, list(THEMES)))
