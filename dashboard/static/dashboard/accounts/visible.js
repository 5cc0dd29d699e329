// The accounts that a page was made for, and those that its user may see by now.

import { reloadSoon } from "../reload.js";

const listed = (accounts) => [...accounts].sort((a, b) => a - b).join(" ");

// Who may see other accounts than the page shows gets another page. `shown` are their ids, with blanks between.
export function compareAccounts(shown, topics) {
  const told = topics.filter(({ accounts }) => accounts);
  const known = listed(shown.split(" ").filter(Boolean).map(Number));
  if (told.length) reloadSoon("accounts", told.some(({ accounts }) => listed(accounts) !== known));
}
