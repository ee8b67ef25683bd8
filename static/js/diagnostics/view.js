// Draws the rows that are in sight, of however many there are. In: a stretch, and where people scroll. Out: elements, and what is in sight.

import { made } from "./row.js";

const BEYOND = 20; // rows drawn above and below what is in sight
const AT_THE_END = 4; // pixels

export class View {
  constructor(box, { stretch, sessions, onSight }) {
    Object.assign(this, { box, stretch, sessions, onSight, words: "", current: null });
    this.space = box.querySelector("[data-space]");
    this.height = this._rowHeight();
    this.widest = 0;
    this.following = true;
    box.addEventListener("scroll", () => this._scrolled(), { passive: true });
    new ResizeObserver(() => this._resized()).observe(box);
  }

  get top() {
    return Math.floor(this.box.scrollTop / this.height);
  }

  get bottom() {
    return Math.ceil((this.box.scrollTop + this.box.clientHeight) / this.height);
  }

  // `moved`: how many rows came before the first one, so that what is in sight stays where it is.
  renew(moved = 0) {
    this.space.style.height = `${this.stretch.rows.length * this.height}px`;
    if (this.following) this.box.scrollTop = this.box.scrollHeight;
    else if (moved) this.box.scrollTop += moved * this.height;
    this.draw();
  }

  toEnd() {
    this.following = true;
    this.renew();
  }

  // Puts the row of an offset in the middle, or at the top.
  to(offset, { middle = false } = {}) {
    this.following = false;
    const index = Math.max(this.stretch.indexOf(offset), 0);
    this.space.style.height = `${this.stretch.rows.length * this.height}px`;
    this.box.scrollTop = index * this.height - (middle ? (this.box.clientHeight - this.height) / 2 : 0);
    this.draw();
  }

  draw() {
    const from = Math.max(this.top - BEYOND, 0);
    const rows = this.stretch.rows.slice(from, this.bottom + BEYOND);
    this.space.replaceChildren(...rows.map((row, at) => this._placed(made(row, this), from + at)));
    this.widest = Math.max(this.widest, this.space.scrollWidth);
    this.space.style.minWidth = `${this.widest}px`;
    const seen = [this.top, this.bottom - 1].map((at) => this.stretch.rows[Math.min(at, this.stretch.rows.length - 1)]);
    this.onSight(...seen);
  }

  _placed(element, index) {
    element.style.top = `${index * this.height}px`;
    return element;
  }

  _scrolled() {
    const left = this.box.scrollHeight - this.box.scrollTop - this.box.clientHeight;
    if (left >= AT_THE_END) this.following = false;
    else if (this.stretch.last) this.following = true;
    this.draw();
  }

  _resized() {
    this.height = this._rowHeight();
    this.renew();
  }

  _rowHeight() {
    const probe = document.createElement("div");
    probe.className = "log-row";
    probe.textContent = "x";
    this.space.append(probe);
    const { height } = probe.getBoundingClientRect();
    probe.remove();
    return height || this.height || 20;
  }
}
