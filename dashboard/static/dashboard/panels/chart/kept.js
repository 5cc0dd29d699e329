// What a panel remembers in this browser. Where nothing may be kept, it begins anew each time.

export class Kept {
  constructor(name) {
    this.name = name;
    this.values = this.read();
  }

  read() {
    try {
      return JSON.parse(localStorage.getItem(this.name)) ?? {};
    } catch {
      return {};
    }
  }

  keep(name, value) {
    this.values[name] = value;
    try {
      localStorage.setItem(this.name, JSON.stringify(this.values));
    } catch {
      // It holds until the page is left.
    }
  }
}
