// Asks for the newest state over plain HTTP, for as long as there is no line.

const ASK_EVERY_MS = 2000;
const ANSWER_WITHIN_MS = 4000;
// dashboard/protocol/commands.py: of one question, as of one command.
export const MOST_TOPICS = 50;

export class Polling {
  // `hear` takes all messages of an answer, and those of them that are news; null where there is no answer.
  constructor(path, wishes, hear) {
    this.urls = [];
    for (let first = 0; first < wishes.length; first += MOST_TOPICS) {
      const url = new URL(path, location.href);
      url.searchParams.set("topics", JSON.stringify(wishes.slice(first, first + MOST_TOPICS)));
      this.urls.push(url);
    }
    this.hear = hear;
    this.isOn = false;
    // Which time it was switched: what was asked before the last one is nobody's any more.
    this.turns = 0;
  }

  set(isOn) {
    if (isOn === this.isOn) return;
    this.isOn = isOn;
    this.turns += 1;
    this.known = new Set();
    clearTimeout(this.timer);
    if (isOn) this.ask();
    else this.hear(null);
  }

  async ask() {
    const turn = this.turns;
    const frames = await this.answer();
    if (turn !== this.turns) return;
    const messages = frames && frames.flat();
    this.hear(messages, messages && this.news(messages));
    // Nobody waits for what nobody sees; who looks again finds a line that is tried anew.
    this.timer = setTimeout(() => this.ask(), ASK_EVERY_MS);
  }

  // Each answer is the whole state: what was told by the one before need not be drawn again.
  news(messages) {
    const told = new Set();
    const news = messages.filter((message) => {
      const text = JSON.stringify({ ...message, now: null });
      const isNews = message.type === "tick" || !(this.known.has(text) || told.has(text));
      told.add(text);
      return isNews;
    });
    this.known = told;
    return news;
  }

  // Frames; null where a question was not answered.
  async answer() {
    try {
      return (await Promise.all(this.urls.map(asked))).flat();
    } catch {
      return null;
    }
  }
}

async function asked(url) {
  const answer = await fetch(url, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  return answer.json();
}
