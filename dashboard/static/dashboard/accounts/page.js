// What both pages of accounts have: the accounts that the server lets see, and ages that stay honest.

import { age, write } from "../figures.js";
import { Page } from "../page.js";
import { reloadSoon } from "../reload.js";

const TOPICS = ["positions", "orders", "account", "health"];
const listed = (accounts) => [...accounts].sort((a, b) => a - b).join(" ");

export class AccountsPage {
  // `show` takes each message about an account, `tell` is called several times a second.
  constructor(show, tell, moreTopics = []) {
    this.root = document.getElementById("accounts");
    this.show = show;
    this.tell = tell;
    const wishes = [...TOPICS, ...moreTopics].map((topic) => ({ topic }));
    this.page = new Page(this.root, wishes, (message) => this.hear(message), () => this.tellAges());
  }

  open() {
    this.page.open();
  }

  hear(message) {
    if (message.type === "subscribed") this.compare(message.topics);
    else if ("account" in message) this.show(message, this.page.clock.now());
  }

  // Who may see other accounts than this page was made for gets another page.
  compare(topics) {
    const blocks = [...this.root.querySelectorAll("[data-account]")];
    const shown = listed(blocks.map((block) => Number(block.dataset.account)));
    const told = topics.filter(({ accounts }) => accounts);
    if (told.length) reloadSoon("accounts", told.some(({ accounts }) => listed(accounts) !== shown));
  }

  tellAges() {
    for (const element of this.root.querySelectorAll("[data-age]")) {
      write(element, element.dataset.age ? age(this.page.clock.secondsSince(element.dataset.age)) : "–");
    }
    this.tell(this.page);
  }
}
