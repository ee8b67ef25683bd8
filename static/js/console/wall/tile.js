// One tile of the wall: a small terminal that watches. In: whether it may be open. Out: the line's output, and one short line where something is wrong.

import { stateOf } from "../asking.js";
import { Flow } from "../flow.js";
import { Link } from "../link.js";
import { guardedTerminal } from "../terminal.js";
import { Close, KIB, Op, unpacked } from "../wire.js";
import { sentence } from "../words.js";
import { Face } from "./tile_face.js";
import { paced } from "./tile_pace.js";
import { Picture } from "./tile_picture.js";

const COLUMNS = 80;
const ROWS = 24;
const TAIL = 8 * KIB;
// So much was printed meanwhile that what is on now matters more than what was missed.
const FAR = 256 * KIB;
const DELAYS_MS = [1000, 2000, 4000, 8000, 15_000];
const OVER = { [Close.IDLE]: "ended", [Close.LONGEST]: "longest", [Close.ENDED]: "ended", [Close.BAD_FRAME]: "bad-frame", [Close.TOO_MANY]: "too-many" };

export class Tile {
  // `settled` hears when an attempt to open has come to its end, one way or the other; `looks` tells the colours.
  constructor(element, { settled, signedOut, looks }) {
    this.element = element;
    this.path = element.dataset.path;
    this.face = new Face(element);
    this.tell = { settled, signedOut };
    this.looks = looks;
    this.link = new Link(`/live${this.path}`, { frame: (op, payload) => this.#heard[op]?.(payload), closed: (code) => this.#closed(code), latency: () => {} });
    this.term = null;
    this.flow = null;
    this.stopped = false; // opening again would end the same way
    this.passes = false; // until the machine's state is another
    this.active = false;
    this.tries = 0;
  }

  get wants() {
    return !this.stopped && !this.face.off;
  }

  open() {
    this.active = true;
    this.#connect();
  }

  // Lets go of the socket; what is drawn stays, and the next `open` goes on where it stopped.
  pause() {
    this.active = false;
    clearTimeout(this.due);
    farewell(this.link);
    this.face.attached(false);
    this.face.word("");
  }

  // Out of sight: nothing of it is kept.
  rest() {
    this.pause();
    this.#end();
  }

  stop(key, values) {
    this.pause();
    this.stopped = true;
    this.face.word(key, values, "trouble");
    this.tell.settled(this);
  }

  // Wider, narrower, or in other colours.
  redraw() {
    this.picture?.looks(this.looks());
    this.picture?.fit();
  }

  // The machine is in another state than it was.
  powered() {
    this.face.powered();
    if (this.passes) this.stopped = this.passes = false;
  }

  #connect() {
    if (!this.active) return;
    if (this.term === null) this.#begin();
    if (!this.tries) this.face.word("wall-connecting");
    const { next } = this.flow;
    this.link.open({ mode: "watch", via: "wall", ...(next === null ? { tail: TAIL } : { from: next }) });
  }

  #begin() {
    const canvas = this.element.querySelector("[data-picture]");
    this.term = guardedTerminal(canvas, { cols: COLUMNS, rows: ROWS, scrollback: 0 });
    this.picture = new Picture(canvas, this.term, this.looks());
    this.paced = paced(this.term, this.picture);
    const desk = {
      replaying: false,
      term: this.paced,
      text: sentence,
      send: (op, payload) => this.link.send(op, payload),
      emit: (name) => name === "output" && !desk.replaying && this.face.printed(Date.now()),
    };
    this.flow = new Flow(desk);
  }

  #end() {
    this.paced?.stop();
    this.picture?.end();
    this.term?.dispose();
    this.term = this.flow = this.paced = this.picture = null;
  }

  #heard = {
    [Op.OUTPUT]: (payload) => this.flow.output(payload),
    [Op.GAP]: (payload) => this.flow.missing("gap", payload),
    [Op.SKIP]: (payload) => this.flow.missing("skip", payload),
    [Op.ATTACHED]: (payload) => this.#attached(unpacked(payload)),
    [Op.PRESENCE]: (payload) => this.face.present(unpacked(payload)),
    [Op.LINE]: (payload) => this.face.lined(unpacked(payload)),
    [Op.HUB]: (payload) => unpacked(payload).up || this.#away(),
  };

  #attached(told) {
    this.tries = 0;
    if (this.flow.next !== null && told.live - this.flow.next > FAR) return this.#toPresent();
    this.flow.attached(told);
    this.face.attached(true);
    this.face.word("");
    if (told.live_ms) this.face.printed(told.live_ms + Date.now() - told.now_ms);
    this.face.present(told);
    this.face.lined(told.line);
    return this.tell.settled(this);
  }

  #toPresent() {
    this.link.leave();
    this.#end();
    this.#connect();
  }

  #away() {
    this.face.attached(false);
    this.face.word("wall-hub", {}, "trouble");
    this.tell.settled(this);
  }

  async #closed(code) {
    if (code in OVER) return this.stop(`wall-${OVER[code]}`);
    const found = await stateOf(this.path);
    if (!this.active) return null;
    if (found === null || found.ready) return this.#later();
    if (found.code === "signed-out") return this.tell.signedOut();
    this.stop("wall-stopped", { why: found.title || found.sentence.replace(/[.。]$/, "") });
    this.passes = found.passes;
    return null;
  }

  #later() {
    this.face.attached(false);
    this.face.word("wall-lost", {}, "changing");
    this.tell.settled(this);
    const wait = DELAYS_MS[Math.min(this.tries, DELAYS_MS.length - 1)] * (0.5 + Math.random());
    this.tries += 1;
    this.due = setTimeout(() => this.#connect(), wait);
  }
}

// Leaves on purpose, and says so. A handshake under way is let through first: to break it off is an error to browsers.
function farewell(link) {
  const { socket } = link;
  if (socket?.readyState === WebSocket.CONNECTING) {
    socket.onopen = () => socket.close(1000);
    link.socket = null;
  }
  if (socket?.readyState === WebSocket.OPEN) socket.close(1000);
  link.leave();
}
