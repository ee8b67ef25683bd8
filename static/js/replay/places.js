// A list of places to jump to. In: what stands there, and what is current. Out: `go(index)`, by a click, or by Enter after arrow keys.

import { marked } from "../diagnostics/row.js";
import { day } from "./times.js";

const STEPS = { ArrowDown: 1, ArrowUp: -1 };

export class Places {
  constructor(list, go) {
    Object.assign(this, { list, at: -1 });
    list.addEventListener("click", ({ target }) => {
      const button = target.closest("button");
      if (button) go(this.buttons.indexOf(button));
    });
    list.addEventListener("keydown", (event) => this.#walk(event));
  }

  get buttons() {
    return [...this.list.querySelectorAll("button")];
  }

  clear() {
    this.at = -1;
    this.list.replaceChildren();
  }

  // One of them is reached by Tab, the others by arrows from there.
  add(rows, words = "") {
    this.list.append(...rows.map(({ ms, text }) => item(day(ms), text, words)));
    const first = this.list.querySelector("button");
    if (first && this.at < 0) first.tabIndex = 0;
  }

  mark(index) {
    if (index === this.at) return;
    this.#current()?.removeAttribute("aria-current");
    this.at = index;
    this.#current()?.setAttribute("aria-current", "true");
    if (this.#current()) this.#reach(this.#current());
  }

  #current() {
    return this.list.children[this.at]?.firstChild;
  }

  #walk(event) {
    const by = STEPS[event.key];
    if (!by || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    const { buttons } = this;
    const next = buttons[buttons.indexOf(document.activeElement) + by];
    if (!next) return;
    this.#reach(next);
    next.focus({ preventScroll: true });
  }

  // The list scrolls, the page stays where it is.
  #reach(button) {
    for (const one of this.list.querySelectorAll('[tabindex="0"]')) one.tabIndex = -1;
    button.tabIndex = 0;
    const { list } = this;
    const [top, bottom] = [button.offsetTop, button.offsetTop + button.offsetHeight];
    if (top < list.scrollTop) list.scrollTop = top;
    else if (bottom > list.scrollTop + list.clientHeight) list.scrollTop = bottom - list.clientHeight;
  }
}

function item(when, text, words) {
  const [row, button, time] = ["li", "button", "span"].map((name) => document.createElement(name));
  time.className = "mono text-secondary";
  time.textContent = when;
  Object.assign(button, { type: "button", className: "btn-plain", tabIndex: -1 });
  button.append(time, " ", ...marked(text, words));
  row.append(button);
  return row;
}
