// The words that are sought, on the player's screen. In: words. Out: they stand out wherever they are drawn; its elements stay as the player made them.

const NAME = "replay-found";

export class Highlighted {
  constructor(screen) {
    Object.assign(this, { screen, words: "", waits: false });
    if (!globalThis.CSS?.highlights) return;
    this.found = new Highlight();
    CSS.highlights.set(NAME, this.found);
    this.drawn = new MutationObserver(() => this.#soon());
  }

  show(words) {
    if (!this.found) return;
    this.words = words.toLowerCase();
    this.drawn.disconnect();
    if (words) this.drawn.observe(this.screen, { childList: true, characterData: true, subtree: true });
    this.#look();
  }

  #soon() {
    if (this.waits) return;
    this.waits = true;
    requestAnimationFrame(() => {
      this.waits = false;
      this.#look();
    });
  }

  #look() {
    this.found.clear();
    if (!this.words) return;
    for (const line of this.screen.querySelectorAll(".ap-line")) this.#lookAt(line);
  }

  #lookAt(line) {
    const text = line.textContent.toLowerCase();
    if (text.length !== line.textContent.length) return;
    for (let at = text.indexOf(this.words); at >= 0; at = text.indexOf(this.words, at + this.words.length)) {
      const range = new Range();
      range.setStart(...place(line, at));
      range.setEnd(...place(line, at + this.words.length));
      this.found.add(range);
    }
  }
}

// A line is drawn in pieces, one for each colour.
function place(line, at) {
  const walker = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
  let [left, node] = [at, walker.nextNode()];
  while (left > node.length) {
    left -= node.length;
    node = walker.nextNode();
  }
  return [node, left];
}
