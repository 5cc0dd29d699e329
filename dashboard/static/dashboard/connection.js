// One WebSocket: counts its frames, and notices when it is dead, whatever TCP believes.

// The server ticks every second. In a storm of browsers it may be slow to take one in.
const DEAD_AFTER_MS = 4000;
const OPEN_WITHIN_MS = 10000;

export class Connection {
  // `hear` takes the messages of each frame; `end` the close code.
  constructor(url, hear, end) {
    this.frames = 0;
    // What the server says before it hangs up, "" for nothing.
    this.complaint = "";
    this.heardAt = Date.now();
    this.socket = new WebSocket(url);
    this.socket.onmessage = ({ data }) => {
      this.frames += 1;
      this.heardAt = Date.now();
      hear(JSON.parse(data));
    };
    this.socket.onclose = ({ code }) => end(code);
  }

  get isDead() {
    return Date.now() - this.heardAt > (this.frames ? DEAD_AFTER_MS : OPEN_WITHIN_MS);
  }

  say(command) {
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(command));
  }

  // Nothing more is heard of it, not even its end.
  leave() {
    this.socket.onmessage = null;
    this.socket.onclose = null;
    this.socket.close(1000);
  }
}
