// Output on its way into the terminal. In: pieces with their offsets. Out: they are drawn, in order, each once; acks of what is drawn.

import { KIB, Op, WINDOW, readU64, u64, utf8 } from "./wire.js";
import { bytesShown } from "./words.js";

const ACK_EVERY = WINDOW / 4;
const PIECE = 4 * KIB; // of history, so that it is known where in the terminal an offset is
// CAN ends an escape sequence that was cut in two; then no colours, and a line of its own.
const ASIDE = "\x18\x1b[0m\r\n";

export class Flow {
  constructor(desk) {
    this.desk = desk;
    this.next = null; // the offset of the next byte that we have not got
    this.drawn = 0;
    this.acked = 0;
    this.pending = 0;
    this.live = 0;
  }

  // What the guest printed before the attach is history, and so are its questions to the terminal.
  attached({ from, live }) {
    // a log that ends before what we have is another one: the machine was made anew
    if (this.next === null || live < this.next) {
      this.next = from;
      this.desk.placed?.(from);
    }
    this.live = live;
    if (this.next >= live) return this.#arrived();
    this.desk.replaying = true;
    return this.desk.emit("history", live);
  }

  output(payload) {
    const offset = readU64(payload);
    let bytes = payload.subarray(8);
    if (this.next !== null && offset < this.next) bytes = bytes.subarray(this.next - offset);
    if (this.next !== null && offset > this.next) this.#aside("gap", this.next, offset);
    const start = Math.max(offset, this.next ?? offset);
    this.next = start + bytes.length;
    if (!bytes.length) return;
    this.desk.emit("output", { offset: start, bytes });
    const past = this.live - start;
    if (!this.desk.replaying || past <= 0) return this.#draw(bytes, this.next);
    if (past > bytes.length) return this.#history(bytes, this.next);
    this.#history(bytes.subarray(0, past), this.live, () => this.#arrived());
    if (past < bytes.length) this.#draw(bytes.subarray(past), this.next);
  }

  missing(kind, payload) {
    const to = readU64(payload, 8);
    this.#aside(kind, Math.max(readU64(payload), this.next ?? 0), to);
    this.next = Math.max(this.next ?? 0, to);
    if (this.desk.replaying && this.next >= this.live) this.desk.term.write("", () => this.#arrived());
  }

  #arrived() {
    this.desk.replaying = false;
    this.desk.emit("live", this.live);
  }

  #history(bytes, end, then) {
    const start = end - bytes.length;
    const cuts = [...(this.desk.cuts ?? [])].map((offset) => offset - start);
    for (let at = PIECE; at < bytes.length; at += PIECE) cuts.push(at);
    let from = 0;
    for (const to of cuts.filter((one) => one > 0 && one < bytes.length).sort((one, other) => one - other)) {
      this.#draw(bytes.subarray(from, to), start + to);
      from = to;
    }
    this.#draw(bytes.subarray(from), end, then);
  }

  #draw(bytes, end, then) {
    this.pending += 1;
    this.desk.term.write(bytes, () => {
      this.pending -= 1;
      this.drawn = end;
      this.desk.placed?.(end);
      then?.();
      if (!this.pending || this.drawn - this.acked >= ACK_EVERY) this.#ack();
    });
  }

  #ack() {
    this.acked = this.drawn;
    this.desk.send(Op.ACK, u64(this.drawn));
    this.desk.emit("drawn", this.drawn);
  }

  // One line in the page's own colours: the guest can print such words, but not on this ground.
  #aside(kind, from, to) {
    if (to <= from) return;
    const { term } = this.desk;
    this.desk.emit("missing", { kind, from, to });
    const words = this.desk.text(kind, { bytes: bytesShown(to - from) });
    term.write(ASIDE, () => {
      const marker = term.registerMarker(0);
      term.registerDecoration({ marker, width: term.cols, backgroundColor: "#5c3d00", foregroundColor: "#ffe3b0" });
    });
    this.#draw(utf8(`${words}\r\n`), to);
  }
}
