// Which event was the last of each topic: what comes twice is left out, and what is missing is noticed.

const nameOf = ({ topic, type, feed = "", about, instrument = "", name = "" }) =>
  [topic ?? type, feed, about ?? (instrument || name)].join(" ");
const isEvent = ({ type, epoch }) => Boolean(epoch) && type !== "offset";

export class Places {
  constructor() {
    this.places = new Map();
    this.holes = new Set();
  }

  // The wish, from its last event on.
  continued(wish) {
    const after = this.places.get(nameOf(wish));
    return after ? { ...wish, after } : wish;
  }

  // Whether a message is to be shown: all are, but events only in their order. After a hole none is until it is mended.
  take(message) {
    if (!isEvent(message)) return true;
    const { epoch, offset, is_snapshot } = message;
    const name = nameOf(message);
    const last = this.places.get(name);
    const isNext = !last || is_snapshot || (epoch === last.epoch && offset === last.offset + 1);
    if (isNext) {
      this.places.set(name, { epoch, offset });
      this.holes.delete(name);
    } else if (isAhead(message, last)) this.holes.add(name);
    return isNext;
  }

  // The server tells now and then which event was the last.
  compare(told) {
    const name = nameOf(told);
    if (isAhead(told, this.places.get(name))) this.holes.add(name);
  }

  missing(wishes) {
    return wishes.filter((wish) => this.holes.has(nameOf(wish)));
  }

  // What is missing of these follows; where it is not known, a state to begin anew with.
  mend(taken) {
    for (const { wish, recovered } of taken) {
      this.holes.delete(nameOf(wish));
      if (recovered === false) this.places.delete(nameOf(wish));
    }
  }
}

function isAhead({ epoch, offset }, last) {
  return last ? epoch !== last.epoch || offset > last.offset : offset > 0;
}
