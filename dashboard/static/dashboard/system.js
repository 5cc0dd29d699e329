// Keeps the words of the system page up to date: asks the server for the page anew and takes over what it says there.

const ASK_EVERY_MS = 5000;
const ANSWER_WITHIN_MS = 4000;
const MARKED = "[data-refreshed]";

async function newest() {
  const answer = await fetch(location.href, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
  // Who was logged out gets another page.
  if (!answer.ok || answer.redirected) throw new Error(`status ${answer.status}`);
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

// What somebody reads, selects or has focused stays in place where it says the same.
async function refresh() {
  const page = await newest();
  const fresh = page.querySelectorAll(MARKED);
  document.title = page.title;
  document.querySelectorAll(MARKED).forEach((block, i) => {
    if (fresh[i] && !block.isEqualNode(fresh[i])) block.replaceChildren(...fresh[i].childNodes);
  });
}

setInterval(() => {
  // The next one may be answered; the panels say that the line is down.
  if (!document.hidden) refresh().catch(() => {});
}, ASK_EVERY_MS);
