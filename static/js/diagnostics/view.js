// Draws the rows that are in sight, of however many there are. In: a stretch, and where people scroll. Out: elements, and what is in sight.

import { Places } from "./places.js";
import { made } from "./row.js";

const BEYOND = 20; // rows drawn above and below what is in sight
const AT_THE_END = 4; // pixels
const EDGE = 2; // columns that the padding at the right takes at most
const PROBE = "x".repeat(100);

export class View {
  constructor(box, { stretch, sessions, onSight, wrapped }) {
    Object.assign(this, { box, stretch, sessions, onSight, wrapped, words: "", current: null, widest: 0, following: true });
    this.space = box.querySelector("[data-space]");
    this.places = new Places((rows) => this._tall(rows));
    this._shape();
    box.addEventListener("scroll", () => this._scrolled(), { passive: true });
    new ResizeObserver(() => this._resized()).observe(box);
  }

  get top() {
    return this.places.at(this.box.scrollTop);
  }

  get bottom() {
    return this.places.at(this.box.scrollTop + this.box.clientHeight - 1) + 1;
  }

  // What is in sight stays there.
  wrap(on) {
    this.wrapped = on;
    this._resized();
  }

  // `moved`: how many rows came before the first one, so that what is in sight stays where it is.
  renew(moved = 0) {
    const gone = this.places.topOf(Math.max(-moved, 0));
    this._place();
    if (this.following) this.box.scrollTop = this.box.scrollHeight;
    else if (moved) this.box.scrollTop += this.places.topOf(Math.max(moved, 0)) - gone;
    this.draw();
  }

  toEnd() {
    this.following = true;
    this.renew();
  }

  // Puts the row of an offset in the middle, or at the top.
  to(offset, { middle = false } = {}) {
    this.following = false;
    this._place();
    const index = Math.max(this.stretch.indexOf(offset), 0);
    this.box.scrollTop = this.places.topOf(index) - (middle ? (this.box.clientHeight - this.places.height) / 2 : 0);
    this.draw();
  }

  // The row of an offset is the one that is looked at; whoever goes on with keys goes on from there.
  focus(offset) {
    this.current = this.stretch.rows[this.stretch.indexOf(offset)] ?? null;
    this.draw();
    (this._drawn(this.current) ?? this.box).focus({ preventScroll: true });
  }

  draw() {
    const held = this.space.contains(document.activeElement);
    const from = Math.max(this.top - BEYOND, 0);
    const rows = this.stretch.rows.slice(from, this.bottom + BEYOND);
    this.space.replaceChildren(...rows.map((row, at) => this._placed(made(row, this), from + at)));
    if (held) (this._drawn(this.current) ?? this.box).focus({ preventScroll: true });
    this.widest = Math.max(this.widest, this.wrapped ? 0 : this.space.scrollWidth);
    this.space.style.minWidth = this.wrapped ? "" : `${this.widest}px`;
    const seen = [this.top, this.bottom - 1].map((at) => this.stretch.rows[Math.min(at, this.stretch.rows.length - 1)]);
    this.onSight(...seen);
  }

  _drawn(row) {
    return row && this.space.querySelector(`.log-${row.kind}[data-offset="${row.offset}"]`);
  }

  _placed(element, index) {
    element.style.top = `${this.places.topOf(index)}px`;
    return element;
  }

  _place() {
    this.places.renew(this.stretch.rows);
    this.space.style.height = `${this.places.topOf(this.stretch.rows.length)}px`;
  }

  _scrolled() {
    const left = this.box.scrollHeight - this.box.scrollTop - this.box.clientHeight;
    if (left >= AT_THE_END) this.following = false;
    else if (this.stretch.last) this.following = true;
    this.draw();
  }

  _resized() {
    const first = this.top;
    this._shape();
    this._place();
    if (!this.following) this.box.scrollTop = this.places.topOf(first);
    this.renew();
  }

  _shape() {
    const { wrapped } = this;
    this.box.classList.toggle("log-wrapped", wrapped);
    if (wrapped) this.widest = 0;
    this.places.reset({ ...this._measured(), wrapped });
  }

  // In one go: the browser lays them out once.
  _tall(rows) {
    const probes = rows.map((row) => made(row, this));
    this.space.append(...probes);
    const heights = probes.map((probe) => probe.getBoundingClientRect().height);
    probes.forEach((probe) => probe.remove());
    return heights;
  }

  _measured() {
    const probe = made({ kind: "line", offset: -1, text: PROBE, ms: null }, this);
    probe.classList.add("log-probe");
    this.space.append(probe);
    const [row, text] = [probe, probe.lastElementChild].map((one) => one.getBoundingClientRect());
    probe.remove();
    const room = this.box.clientWidth - (text.left - row.left);
    return { height: row.height || this.places.height, columns: Math.floor((room * PROBE.length) / text.width) - EDGE };
  }
}
