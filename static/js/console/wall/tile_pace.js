// A terminal that is drawn a few times a second, however often its line prints: many share one page. In: what Flow writes. Out: the same, in handfuls.

import { KIB } from "../wire.js";

const PAUSE_MS = 150;
const HANDFUL = 32 * KIB;

// Has the part of a terminal that Flow uses; `picture` shows what it holds. What is too much for one turn waits; then acks wait too,
// and the portal sends no more.
export function paced(term, picture) {
  let waiting = [];
  let due = null;

  function flush() {
    due = null;
    if (document.hidden) return later();
    let room = HANDFUL;
    while (waiting.length && room > 0) {
      const [data, then] = waiting.shift();
      room -= data.length;
      term.write(data, then);
    }
    term.write("", () => picture.soon());
    return waiting.length ? later() : null;
  }
  function later() {
    due ??= setTimeout(flush, PAUSE_MS);
  }

  return {
    get cols() {
      return term.cols;
    },
    write(data, then) {
      waiting.push([data, then]);
      later();
    },
    stop() {
      clearTimeout(due);
      waiting = [];
    },
    registerMarker: (offset) => term.registerMarker(offset),
    registerDecoration({ marker }) {
      picture.asides = [...picture.asides.filter((one) => !one.isDisposed), marker];
    },
  };
}
