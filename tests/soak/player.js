// In the place of the page's socket: keeps what the server says, or plays it again and again, each time later.

(() => {
  const ISO = /"(\d{4}-\d\d-\d\dT[\d:.]+(?:Z|\+00:00))"/g;
  // These are said once.
  const ONCE = new Set(["hello", "resumed", "renewal", "subscribed", "snapshot", "offset", "error"]);
  const Real = window.WebSocket;

  class Recorder extends Real {
    constructor(url) {
      super(url);
      window.heard = [];
      this.addEventListener("message", ({ data }) => window.heard.push(data));
    }
  }

  // The page speaks into the void: it is told what another one was told.
  class Played {
    static OPEN = 1;

    constructor() {
      this.readyState = Played.OPEN;
      window.socket = this;
    }

    send() {}

    close() {
      this.readyState = 3;
    }
  }

  window.WebSocket = window.name === "played" ? Played : Recorder;

  const shifted = (text, ms) => text.replace(ISO, (_, iso) => `"${new Date(Date.parse(iso) + ms).toISOString()}"`);

  // Events are counted on, or the page would ask for what it missed.
  const places = new Map();
  function counted(message) {
    if (!message.epoch) return message;
    const name = [message.type, message.feed, message.instrument].join(" ");
    const offset = (places.get(name) ?? message.offset - 1) + 1;
    places.set(name, offset);
    return { ...message, offset };
  }

  const isRepeated = ({ type, is_snapshot }) => !ONCE.has(type) && !is_snapshot;

  // Frames from one place to another, `ms` later; the opening ones as they were said.
  window.play = (frames, ms, isOpening) => {
    for (const frame of frames) {
      const messages = JSON.parse(isOpening ? frame : shifted(frame, ms));
      const told = (isOpening ? messages : messages.filter(isRepeated)).map(counted);
      if (told.length) window.socket.onmessage({ data: JSON.stringify(told) });
    }
  };
})();
