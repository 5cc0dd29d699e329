// The positions page's wiring: a store and a panel for each account.

import { write } from "../figures.js";
import { AccountPanel } from "./account.js";
import { AccountsPage } from "./page.js";
import { AccountStore } from "./store.js";

const say = (text) => write(document.getElementById("status"), text);
const blocks = [...document.querySelectorAll("[data-account]")];
const stores = new Map(blocks.map((block) => [Number(block.dataset.account), new AccountStore()]));
const panels = blocks.map((block) => new AccountPanel(block, stores.get(Number(block.dataset.account)), say));

new AccountsPage(
  (message, at) => stores.get(message.account)?.take(message, at),
  (page) => panels.forEach((panel) => panel.tell(page)),
).open();
