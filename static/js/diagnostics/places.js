// Where each row of the log is, from the top. In: rows, and how tall one is. Out: pixels of a row, the row at some pixels; wrapped, rows are as tall as they need.

const PLAIN = /^[\x20-\x7e]*$/;

export class Places {
  // `tall`: of rows that are not surely one line, how many pixels each takes; `columns`: what fits on one line.
  constructor(tall) {
    Object.assign(this, { tall, height: 20, columns: 0, wrapped: false, tops: [0], known: new WeakMap() });
  }

  // What was measured in another width says nothing any more.
  reset({ height, columns, wrapped }) {
    Object.assign(this, { height, columns, wrapped, known: new WeakMap() });
  }

  renew(rows) {
    this.count = rows.length;
    if (!this.wrapped) return;
    const long = rows.filter((row) => !this.known.has(row) && !this._isOneLine(row));
    this.tall(long).forEach((pixels, at) => this.known.set(long[at], pixels));
    this.tops = [0];
    for (const row of rows) this.tops.push(this.tops.at(-1) + (this.known.get(row) ?? this.height));
  }

  // Of the row after the last: where all end.
  topOf(index) {
    return this.wrapped ? this.tops[Math.min(index, this.count)] : index * this.height;
  }

  // The row that holds these pixels; beyond the last, one that is not there.
  at(pixels) {
    if (!this.wrapped) return Math.floor(pixels / this.height);
    let [low, high] = [0, this.tops.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.tops[middle] <= pixels) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  _isOneLine(row) {
    return row.kind === "line" && !row.raw && !row.more && row.text.length <= this.columns && PLAIN.test(row.text);
  }
}
