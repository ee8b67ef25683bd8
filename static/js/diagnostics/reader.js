// Keeps what is in sight loaded, and the end of the log live. In: a source, a stretch, a view. Out: rows, asked for as people read.

const EVERY_MS = 1000;
const FULL_EVERY = 10; // looks, between which only news of the log are asked for: who came and went is in the rows as well
const NEAR = 60; // rows
const TOO_FAR = 512 * 1024; // bytes behind a busy guest: the end is shown, not all that led there
const REFUSED = new Set([401, 403, 404]);

export class Reader {
  constructor({ source, stretch, view, onNews, onRefused }) {
    Object.assign(this, { source, stretch, view, onNews, onRefused });
    Object.assign(this, { busy: false, loading: false, shown: false, ended: false, looks: 0, timer: 0, turn: 0 });
    document.addEventListener("visibilitychange", () => this._look());
  }

  start() {
    return this._look();
  }

  async toEnd() {
    await this._load({}, () => this.view.toEnd());
  }

  // Around an offset: the page that begins there, and the one before it.
  async to(offset, options) {
    if (this.stretch.holds(offset)) return this.view.to(offset, options);
    await this._load({ start: offset }, () => this.view.to(offset, options));
    await this.fill();
  }

  // What the portal told; nothing where it does not answer.
  async since(ms) {
    let found = null;
    await this._load({ since: ms }, (told) => {
      found = told;
      this.view.to(told.start);
    });
    await this.fill();
    return found;
  }

  async again() {
    const row = this.stretch.rows[this.view.top];
    if (this.view.following || !row) return this.toEnd();
    await this._load({ start: row.offset }, () => this.view.to(row.offset));
    return this.fill();
  }

  // More where somebody comes near an end of what is loaded.
  async fill() {
    if (this.busy || this.loading || !this.shown || this.ended) return;
    this.busy = true;
    while (await this._more());
    this.busy = false;
  }

  async _more() {
    const { before, after } = this.stretch.more;
    const { turn } = this;
    if (this.loading) return false;
    if (before && this.view.top < NEAR) {
      const told = await this._ask({ before: this.stretch.start });
      if (!told || turn !== this.turn) return false;
      const added = this.stretch.prepend(told);
      this.view.renew(added);
      return added > 0;
    }
    if (after && this.view.bottom > this.stretch.rows.length - NEAR) {
      const told = await this._ask({ start: this.stretch.goesOn });
      if (!told || turn !== this.turn) return false;
      this.view.renew(this.stretch.append(told));
      return told.rows.length > 0;
    }
    return false;
  }

  async _load(query, show) {
    this.turn += 1;
    this.loading = true;
    const { turn } = this;
    const told = await this._ask(query);
    if (turn !== this.turn) return;
    this.loading = false;
    if (!told) return;
    this.shown = true;
    this.stretch.replace(told);
    show(told);
  }

  async _look() {
    clearTimeout(this.timer);
    if (this.ended || document.hidden) return;
    if (!this.shown) await this.toEnd();
    else if (this.stretch.last && !this.busy && !this.loading) await this._follow();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this._look(), EVERY_MS);
  }

  async _follow() {
    const { turn } = this;
    this.looks += 1;
    const known = this.looks % FULL_EVERY ? { seen: this.stretch.end } : {};
    const told = await this._ask({ start: this.stretch.goesOn, ...known });
    if (!told?.rows || turn !== this.turn) return;
    if (this.view.following && told.end - told.to > TOO_FAR) return void (await this.toEnd());
    this.view.renew(this.stretch.append(told));
  }

  async _ask(query) {
    const { status, told, problem } = await this.source.ask(query);
    if (REFUSED.has(status)) {
      this.ended = true;
      this.onRefused(status, problem);
    } else {
      this.onNews(told, problem);
    }
    return told;
  }
}
