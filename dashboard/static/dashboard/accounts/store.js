// One account as the browser knows it, and who wants to hear of it.

export class AccountStore {
  constructor() {
    this.position = null;
    this.orders = null;
    this.account = null;
    this.lastUpdate = null;
    this.connectionStatus = "connecting";
    this.listeners = new Set();
  }

  subscribe(listener) {
    this.listeners.add(listener);
  }

  unsubscribe(listener) {
    this.listeners.delete(listener);
  }

  // Takes a message under the name of its type.
  take(message, at) {
    this[message.type] = message;
    this.lastUpdate = at;
    if (message.type === "account") this.connectionStatus = message.state;
    this.notify(message.type);
  }

  notify(field) {
    for (const listener of this.listeners) listener(field, this[field]);
  }
}

const stores = new Map();

// The one of that account: all that show it have the same.
export function storeOf(account) {
  if (!stores.has(account)) stores.set(account, new AccountStore());
  return stores.get(account);
}
