// The positions page's wiring: one socket, and a store and a panel for each account.

import { write } from "../figures.js";
import { AccountPanel } from "./account.js";
import { Live } from "./live.js";
import { AccountStore } from "./store.js";

const say = (text) => write(document.getElementById("status"), text);
const blocks = [...document.querySelectorAll("[data-account]")];
const stores = new Map(blocks.map((block) => [Number(block.dataset.account), new AccountStore()]));
const panels = blocks.map((block) => new AccountPanel(block, stores.get(Number(block.dataset.account)), say));

const live = new Live(
  (message) => stores.get(message.account)?.take(message, live.clock.now()),
  (page) => panels.forEach((panel) => panel.tell(page)),
);
live.open();
