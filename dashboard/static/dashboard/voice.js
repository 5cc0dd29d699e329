// What is spoken to who does not see the page: at once, and then only so often, whatever flaps.

const SPEAK_EVERY_MS = 10000;

export class Voice {
  // `element` is a live region.
  constructor(element) {
    this.element = element;
    this.news = new Map();
    this.spoken = new Map();
    this.timer = null;
  }

  // How something is now. What is over before its turn comes is not spoken, nor what was spoken last of it.
  say(about, text) {
    this.news.set(about, text);
    if (this.timer === null) this.speak();
  }

  speak() {
    this.timer = null;
    const news = [...this.news].filter(([about, text]) => (this.spoken.get(about) ?? "") !== text);
    this.news.clear();
    if (!news.length) return;
    for (const [about, text] of news) this.spoken.set(about, text);
    const texts = new Set(news.map(([, text]) => text));
    this.element.replaceChildren([...texts].join(" ").trim());
    this.timer = setTimeout(() => this.speak(), SPEAK_EVERY_MS);
  }
}
