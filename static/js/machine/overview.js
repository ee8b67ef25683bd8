// A machine's pages, live: its state, what is done to it, what is known of it, its picture. In: the portal's JSON. Out: the page.

import { sentence } from "../console/words.js";
import { listen, paint } from "./acts.js";
import { made } from "./ago.js";
import { showFacts } from "./facts.js";
import { showLine } from "./line.js";
import { callOff, follow } from "./machine.js";
import { keepPeople } from "./people.js";
import { say } from "./toasting.js";

const page = document.querySelector("[data-machine]");
const { machine: address, name } = page.dataset;
const find = (selector) => page.querySelector(selector);
let told = null;
let pictured = "";
let rest = () => {};

function show(news) {
  told = news;
  paint(page, news);
  showState(find("[data-power]"), news);
  showTrouble(find("[data-trouble]"), news.trouble);
  if (find("[data-fact]")) showFacts(page, news.facts);
  showPicture(find("[data-picture]"), news.last);
  if (find("[data-operation-line]")) showLine(find("[data-operation-line]"), news);
}

function showState(state, { power, power_words: words }) {
  if (!state || state.lastChild.textContent === words) return;
  state.className = `state state-${power}`;
  state.lastChild.textContent = words;
}

function showTrouble(badge, trouble) {
  if (!badge) return;
  badge.hidden = !trouble;
  if (!trouble) return;
  badge.href = trouble.url;
  badge.querySelector("[data-trouble-words]").textContent = trouble.words;
  badge.querySelector("time").replaceWith(made(trouble.at));
}

// Asked for again only when another one was taken.
function showPicture(picture, last) {
  if (!picture || last?.kind !== "screenshot" || last.state !== "succeeded" || last.id === pictured) return;
  pictured = last.id;
  picture.src = `${address}screenshot/?${last.id}`;
  find("[data-has-picture]")?.removeAttribute("hidden");
  find("[data-no-picture]")?.setAttribute("hidden", "");
  find("[data-picture-time]")?.setAttribute("hidden", "");
}

function refused(status) {
  rest();
  for (const button of page.querySelectorAll("[data-machine-act]")) button.setAttribute("aria-disabled", "true");
  say(sentence(status === 401 ? "act-signed-out" : "no-longer"));
}

find("[data-line-off]")?.addEventListener("click", async () => {
  const answer = await callOff(address, told.operation);
  if (!answer.ok) say(answer.sentence);
  following.now();
});

if (find("[data-people-now]")) rest = keepPeople(find("[data-people-now]"), address);
const following = follow(address, (news, status) => (news ? show(news) : refused(status)));
listen(page, () => ({ address, name, told }), () => following.now());
