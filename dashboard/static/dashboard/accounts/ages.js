// Ages of an account in whole sentences, by the field that tells them; none where nobody knows since when.

import { age, say, timeOfDay, write } from "../figures.js";

const SENTENCES = {
  checked: () => gettext("checked %(age)s ago"),
  line_since: () => gettext("for %(age)s"),
};

export function tellAges(fields, clock) {
  for (const [name, sentence] of Object.entries(SENTENCES)) {
    const element = fields[name];
    const at = element?.dataset.age;
    if (element) write(element, at ? say(sentence(), { age: age(clock.secondsSince(at)) }) : "");
  }
}

// Marks a block as old, or as current again; tells whether that is news.
export function tellStale(block, element, since) {
  const wasStale = block.hasAttribute("data-stale");
  block.toggleAttribute("data-stale", Boolean(since));
  if (since) write(element, say(gettext("STALE since %(time)s"), { time: timeOfDay(since) }));
  return wasStale !== Boolean(since);
}
