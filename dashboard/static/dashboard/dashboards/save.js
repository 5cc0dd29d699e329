// Hands an arrangement to the server, and says what came of it.

const OVERTAKEN = 409;
// By status. A redirect, which is not followed, has none, and leads to the login.
const COMPLAINTS = {
  0: () => gettext("It could not be saved: your login has ended. Log in in another tab, then load this page again."),
  400: () => gettext("It could not be saved: the server does not understand this page. Load it again."),
  403: () => gettext("It could not be saved: you may not change this dashboard now. Nothing is lost; try again."),
  404: () => gettext("It could not be saved: this dashboard is gone, or you may not see it any more."),
};
const failed = () => gettext("It could not be saved: something failed in the server. Nothing is lost; try again.");

// What is refused without a word of the view has a token from before another login: the page is too old.
function statusOf({ status, headers }) {
  const isOurs = headers.get("Content-Type")?.startsWith("application/json");
  return status === 403 && !isOurs ? 400 : status;
}

export async function save(address, arrangement, form) {
  const body = JSON.stringify(arrangement);
  const headers = { "Content-Type": "application/json", "X-CSRFToken": form.elements.csrfmiddlewaretoken.value };
  try {
    const answer = await fetch(address, { method: "POST", body, headers, redirect: "manual" });
    if (answer.ok) return { isSaved: true, revision: (await answer.json()).revision };
    if (answer.status === OVERTAKEN) return { isOvertaken: true, revision: (await answer.json()).revision };
    return { complaint: (COMPLAINTS[statusOf(answer)] ?? failed)() };
  } catch {
    return { complaint: gettext("It could not be saved: the server does not answer. Nothing is lost; try again.") };
  }
}
