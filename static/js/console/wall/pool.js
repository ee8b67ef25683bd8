// Which tiles of the wall are open. In: what is on screen, and whether anybody looks. Out: a few sockets at a time, never more than a page may hold.

const MOST = 36;
const AT_ONCE = 3;
const LOOK_MS = 120;
const LINGER_MS = 4000;
const HIDDEN_MS = 30_000;

export class Pool {
  constructor() {
    this.tiles = new Map();
    this.seen = new Set();
    this.held = new Set();
    this.opening = new Set();
    this.lingering = new Map();
    this.asleep = document.hidden;
    this.observer = new IntersectionObserver((entries) => entries.forEach((one) => this.#crossed(one)), { rootMargin: "80px" });
    document.addEventListener("visibilitychange", () => this.#hidden());
    addEventListener("pagehide", () => this.#sleep());
    addEventListener("pageshow", () => this.#wake());
  }

  add(tile) {
    this.tiles.set(tile.element, tile);
    this.observer.observe(tile.element);
  }

  remove(tile) {
    this.observer.unobserve(tile.element);
    this.tiles.delete(tile.element);
    this.seen.delete(tile);
    this.#letGo(tile);
  }

  // An attempt has come to its end: the next in line may begin.
  settled(tile) {
    this.opening.delete(tile);
    if (tile.stopped || !tile.active) this.held.delete(tile);
    this.look();
  }

  look() {
    this.due ??= setTimeout(() => {
      this.due = null;
      if (!this.asleep) this.#fill();
    }, LOOK_MS);
  }

  #fill() {
    const waiting = [...this.seen].filter((tile) => tile.wants && !this.held.has(tile)).sort(inOrder);
    for (const tile of waiting) {
      if (this.held.size >= MOST) this.#letGo([...this.lingering.keys()][0]);
      if (this.held.size >= MOST) tile.face.word("wall-full", { count: MOST });
      else if (this.opening.size < AT_ONCE) this.#open(tile);
    }
  }

  #open(tile) {
    this.held.add(tile);
    this.opening.add(tile);
    tile.open();
  }

  #letGo(tile) {
    if (!tile) return;
    clearTimeout(this.lingering.get(tile));
    this.lingering.delete(tile);
    this.held.delete(tile);
    this.opening.delete(tile);
    tile.rest();
    this.look();
  }

  #crossed({ target, isIntersecting }) {
    const tile = this.tiles.get(target);
    if (!tile) return;
    clearTimeout(this.lingering.get(tile));
    this.lingering.delete(tile);
    if (isIntersecting) {
      this.seen.add(tile);
      this.look();
    } else if (this.seen.delete(tile)) {
      this.lingering.set(tile, setTimeout(() => this.#letGo(tile), LINGER_MS));
    }
  }

  #hidden() {
    clearTimeout(this.sleepy);
    if (document.hidden) this.sleepy = setTimeout(() => this.#sleep(), HIDDEN_MS);
    else this.#wake();
  }

  #sleep() {
    this.asleep = true;
    this.held.forEach((tile) => tile.pause());
    this.held.clear();
    this.opening.clear();
  }

  #wake() {
    this.asleep = document.hidden;
    this.look();
  }
}

const inOrder = (one, other) => (one.element.compareDocumentPosition(other.element) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1);
