// One text on its way down the line. In: TAKEN, output, and what happens to link, line and keyboard. Out: bytes, progress, how it ended.

import { END, characters } from "./cleaning.js";
import { Pace } from "./pace.js";

const SHOWN_AFTER = 250;
const REDRAWN = 200;

export class Pasting {
  // `base`: how many bytes of this attach were typed before; TAKEN counts them, too.
  constructor(desk, bytes, { bracketed, panel, base, ended }) {
    Object.assign(this, { desk, bytes, bracketed, panel, base, ended });
    // A shell in its paste mode echoes only when it has all of it.
    this.pace = new Pace(bytes.length, { echoes: !bracketed });
    this.waiting = "";
    this.began = performance.now();
    this.drawing = setInterval(() => this._draw(), REDRAWN);
  }

  pump() {
    clearTimeout(this.timer);
    if (this.over || this.waiting) return;
    const now = performance.now();
    for (let room = this.pace.allowance(now); room > 0; room = this.pace.allowance(now)) {
      const piece = this.bytes.subarray(this.pace.sent, this.pace.sent + room);
      this.pace.send(room, now);
      this.desk.type(piece);
    }
    const wait = this.pace.wait(now);
    if (wait !== null) this.timer = setTimeout(() => this.pump(), wait);
  }

  cancel() {
    this._stop("paste-cancelled");
  }

  took(total) {
    this.pace.take(total - this.base, performance.now());
    if (this.pace.done) this._stop("paste-done");
    else this.pump();
  }

  printed(count) {
    this.pace.print(count, performance.now());
    this.pump();
  }

  pause(why) {
    if (!this.waiting) this.waiting = why;
  }

  // Back again. What was on its way when the link or the line went may or may not have arrived: nobody guesses, but a
  // hub that still knows this page says how many bytes it had accepted of it.
  again(typed, accepted) {
    if (!this.waiting) return;
    const got = (accepted ?? NaN) - this.base;
    if (got >= this.pace.taken && got <= this.pace.sent) this.pace.rewind(got, performance.now());
    if (this.pace.untaken > 0) return this._stop("paste-unsure");
    if (this.pace.done) return this._stop("paste-done");
    this.waiting = "";
    this.base = typed - this.pace.taken;
    this.look();
    this.pump();
  }

  look() {
    if (this.desk.me === null) this.pause("paste-link");
    else if (!this.waiting && !this.desk.writing()) this._stop("paste-lost");
  }

  _stop(key) {
    if (this.over) return;
    this.over = true;
    clearTimeout(this.timer);
    clearInterval(this.drawing);
    const open = this.bracketed && this.pace.sent > 0 && this.pace.sent < this.bytes.length;
    if (open && this.desk.writing()) this.desk.type(END);
    this.ended(this.desk.text(key, this._figures()), key === "paste-done");
  }

  _figures() {
    const skip = this.bracketed ? END.length : 0;
    const text = this.bytes.subarray(skip, this.bytes.length - skip);
    const upTo = (bytes) => characters(text, Math.min(text.length, Math.max(0, bytes - skip)));
    const arrived = upTo(this.pace.taken);
    return {
      arrived: number(arrived),
      all: number(characters(text, text.length)),
      unsure: number(upTo(this.pace.sent) - arrived),
    };
  }

  _draw() {
    const now = performance.now();
    if (now - this.began < SHOWN_AFTER) return;
    const { taken, total } = this.pace;
    const left = this.pace.secondsLeft(now);
    this.panel.hidden = false;
    this.panel.querySelector("progress").value = taken / total;
    this.panel.querySelector("[data-progress]").textContent = this.waiting
      ? this.desk.text(this.waiting)
      : this.desk.text(left === null ? "paste-slow" : "paste-progress", {
        taken: number(taken), total: number(total), speed: number(Math.round(this.pace.speed(now))), seconds: number(left ?? 0),
      });
  }
}

function number(value) {
  return value.toLocaleString(document.documentElement.lang);
}
