// What is wrong with the guest: a panic, a failed check. In: news of the machine. Out: a badge in the header that leads to where it was printed.

import { made } from "../../machine/ago.js";

export function install(desk) {
  const badge = desk.root.querySelector("[data-trouble]");
  const words = badge.querySelector("[data-trouble-words]");

  desk.on("machine", (told) => {
    const trouble = told?.trouble;
    badge.hidden = !trouble;
    if (!trouble) return;
    if (words.textContent !== trouble.words) words.textContent = trouble.words;
    badge.href = trouble.url;
    badge.querySelector("time").replaceWith(made(trouble.at));
  });

  // Where it leads to this very page, the terminal looks back instead.
  badge.addEventListener("click", (event) => {
    const { pathname, searchParams } = new URL(badge.href);
    if (pathname !== desk.root.dataset.path) return;
    event.preventDefault();
    if (searchParams.has("at")) desk.lookBack(Number(searchParams.get("at")));
    desk.focus();
  });
}
