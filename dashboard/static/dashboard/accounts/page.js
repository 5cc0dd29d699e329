// The staff page: the accounts that the server lets see.

import { Page } from "../page.js";
import { compareAccounts } from "./visible.js";

const TOPICS = ["positions", "orders", "account", "health"];

export class AccountsPage {
  // `show` takes each message about an account, `tell` is called several times a second.
  constructor(show, tell, moreTopics = []) {
    this.root = document.getElementById("accounts");
    this.show = show;
    this.tell = tell;
    const wishes = [...TOPICS, ...moreTopics].map((topic) => ({ topic }));
    this.page = new Page(this.root, wishes, (message) => this.hear(message), () => this.tell(this.page));
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
    compareAccounts(blocks.map((block) => block.dataset.account).join(" "), topics);
  }
}
