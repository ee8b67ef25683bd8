// Words in what was printed. In: what somebody types, and the portal's answers, a fifth of a second each. Out: a list of hits, and a jump to one.

import { sentence } from "../console/words.js";
import { Highlighted } from "./highlight.js";
import { Places } from "./places.js";

const MOST = 500;
// The player draws what was printed at a time a moment after it.
const AFTER = 0.1;

export function install(root, { times, jump }) {
  const form = root.querySelector("[data-find-form]");
  const words = form.querySelector("[data-words]");
  const list = form.querySelector("[data-hits]");
  const told = form.querySelector("[data-found]");
  const hits = new Places(list, go);
  const highlighted = new Highlighted(root.querySelector("[data-screen]"));
  let asked = 0;
  let sought = "";
  let places = [];

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

  async function find(text) {
    const mine = (asked += 1);
    [sought, places] = [text, []];
    hits.clear();
    highlighted.show(text);
    list.hidden = true;
    told.textContent = "";
    for (let from = null, first = true; text && (first || from !== null); first = false) {
      const answer = await ask(text, from);
      if (mine !== asked) return;
      if (!answer) return void (told.textContent = sentence("failed"));
      add(answer.hits);
      from = places.length < MOST ? answer.next : null;
      told.textContent = sentence(answer.next === null ? "found" : from === null ? "found-many" : "finding", { count: places.length });
    }
    if (text && !places.length) told.textContent = sentence("found-none");
  }

  async function ask(text, from) {
    const url = new URL(root.dataset.find, location);
    url.searchParams.set("words", text);
    if (from !== null) url.searchParams.set("from", from);
    const answer = await fetch(url, { cache: "no-store" }).catch(() => null);
    return answer?.ok && !answer.redirected ? answer.json() : null;
  }

  function add(found) {
    const first = places.length === 0 && found.length > 0;
    places.push(...found.map(({ ms }) => ms ?? 0));
    hits.add(found.map(({ ms, text }) => ({ ms, text: text.trim() })), sought);
    list.hidden = places.length === 0;
    if (first) go(0);
  }

  function step(by) {
    if (places.length) go((hits.at + by + places.length) % places.length);
  }

  function go(index) {
    hits.mark(index);
    jump(times().place(places[index]) + AFTER);
  }
}
