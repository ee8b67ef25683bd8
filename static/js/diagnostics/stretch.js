// The rows that the page holds: one stretch of the log, bounded. In: answers of the portal. Out: how many rows came or went before the first one.

export const MOST = 6000;

export class Stretch {
  constructor(most = MOST) {
    this.most = most;
    this.rows = [];
    Object.assign(this, { start: 0, to: 0, first: 0, end: 0, last: false });
  }

  get more() {
    return { before: this.start > this.first, after: !this.last };
  }

  // Where to ask for what follows: a line that nothing has ended yet is asked for again.
  get goesOn() {
    const line = this.last && this.rows.findLast((row) => row.kind === "line");
    return line && line.end >= this.to ? line.offset : this.to;
  }

  replace(answer) {
    this.rows = answer.rows;
    this._know(answer);
    this.start = answer.start;
    this._ends(answer);
  }

  append(answer) {
    const keep = this.rows.findIndex((row) => row.offset >= answer.start);
    if (keep >= 0) this.rows.length = keep;
    this.rows.push(...answer.rows);
    this._know(answer);
    this._ends(answer);
    const gone = Math.max(this.rows.length - this.most, 0);
    this.rows.splice(0, gone);
    if (gone) this.start = this.rows[0].offset;
    return 0 - gone;
  }

  prepend(answer) {
    const added = answer.rows.filter((row) => row.offset < this.start);
    this.rows.unshift(...added);
    this._know(answer);
    this.start = Math.min(answer.start, this.start);
    if (this.rows.length > this.most) {
      this.to = this.rows[this.most].offset;
      this.rows.length = this.most;
      this.last = false;
    }
    return added.length;
  }

  // The last row that begins at or before the offset.
  indexOf(offset) {
    let [low, high] = [0, this.rows.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.rows[middle].offset <= offset) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  holds(offset) {
    return this.rows.length > 0 && offset >= this.start && (offset < this.to || this.last);
  }

  _know({ first, end }) {
    this.first = first;
    this.end = end;
  }

  _ends({ to, last }) {
    this.to = to;
    this.last = last;
  }
}
