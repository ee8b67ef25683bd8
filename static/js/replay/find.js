// Words in what was printed. In: what somebody types, and the portal's answers, a fifth of a second each. Out: a list of hits, and a jump to one.

import { sentence } from "../console/words.js";
import { item } from "./moments.js";
import { day } from "./times.js";

const MOST = 500;
// The player draws what was printed at a time a moment after it.
const AFTER = 0.1;

export function install(root, { times, jump }) {
  const form = root.querySelector("[data-find-form]");
  const words = form.querySelector("[data-words]");
  const list = form.querySelector("[data-hits]");
  const told = form.querySelector("[data-found]");
  let asked = 0;
  let sought = "";
  let at = -1;

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (words.value !== sought) find(words.value);
    else step(1);
  });
  words.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.shiftKey) return;
    event.preventDefault();
    step(-1);
  });
  list.addEventListener("click", ({ target }) => {
    const button = target.closest("button");
    if (button) go([...list.children].indexOf(button.parentElement));
  });

  async function find(text) {
    const mine = (asked += 1);
    [sought, at] = [text, -1];
    list.replaceChildren();
    list.hidden = true;
    told.textContent = "";
    for (let from = null, first = true; text && (first || from !== null); first = false) {
      const answer = await ask(text, from);
      if (mine !== asked) return;
      if (!answer) return void (told.textContent = sentence("failed"));
      add(answer.hits);
      from = list.children.length < MOST ? answer.next : null;
      told.textContent = sentence(answer.next === null ? "found" : from === null ? "found-many" : "finding", { count: list.children.length });
    }
    if (text && !list.children.length) told.textContent = sentence("found-none");
  }

  async function ask(text, from) {
    const url = new URL(root.dataset.find, location);
    url.searchParams.set("words", text);
    if (from !== null) url.searchParams.set("from", from);
    const answer = await fetch(url, { cache: "no-store" }).catch(() => null);
    return answer?.ok && !answer.redirected ? answer.json() : null;
  }

  function add(hits) {
    list.append(...hits.map((hit) => item(day(hit.ms), hit.text.trim(), hit.ms ?? 0)));
    list.hidden = list.children.length === 0;
    if (at < 0 && hits.length) go(0);
  }

  function step(by) {
    const count = list.children.length;
    if (count) go((at + by + count) % count);
  }

  function go(number) {
    list.children[at]?.firstChild.removeAttribute("aria-current");
    at = number;
    const button = list.children[at].firstChild;
    button.setAttribute("aria-current", "true");
    button.scrollIntoView({ block: "nearest" });
    jump(times().place(Number(button.dataset.at)) + AFTER);
  }
}
