// Search in the whole log, as it is found. In: words. Out: hits in order, the one that is looked at, and the portal's sentence where it went no further.

const MOST = 10_000;

export class Find {
  constructor(source, { onFound }) {
    Object.assign(this, { source, onFound });
    this.clear();
  }

  clear() {
    this.cut?.abort();
    Object.assign(this, { words: "", hits: [], at: -1, done: true, many: false, problem: null });
  }

  get current() {
    return this.hits[this.at] ?? null;
  }

  // The first hit at or after `near` becomes the current one as soon as it is found.
  async look(words, near) {
    this.clear();
    this.words = words;
    this.done = !words;
    const cut = (this.cut = new AbortController());
    for (let start = 0; words && start !== null && !cut.signal.aborted; ) {
      const { told, problem } = await this.source.search({ words, start }, cut.signal);
      if (cut.signal.aborted) return;
      if (!told) this.problem = problem;
      start = told && this.hits.length < MOST ? told.next : null;
      this._add(told?.hits ?? [], near, start === null);
      this.many = this.hits.length >= MOST;
    }
  }

  step(by) {
    if (!this.hits.length) return;
    this.at = (this.at + by + this.hits.length) % this.hits.length;
    this.onFound(true);
  }

  _add(hits, near, done) {
    this.hits.push(...hits.map(([offset, column]) => ({ offset, column })));
    this.done = done;
    const before = this.at;
    if (this.at < 0) this.at = this.hits.findIndex(({ offset }) => offset >= near);
    if (this.at < 0 && done && this.hits.length) this.at = this.hits.length - 1;
    this.onFound(this.at !== before);
  }
}
