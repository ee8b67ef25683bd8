// The bell, and a toast for each act of one's own while it goes on. In: the portal's list. Out: both, on whatever page somebody goes to.

import { renew } from "./ago.js";
import { leaves, toast } from "./toasting.js";

const BUSY_MS = 2000;
const CALM_MS = 20_000;
const KEPT = 50;
const bell = document.querySelector("[data-bell]");
const list = bell.querySelector("[data-bell-list]");
const shown = new Map();
let seen = "";
let timer = 0;
let ended = false;

// What somebody closed, or saw come to its end, is not shown again by the next page of this window.
const closed = {
  all: () => JSON.parse(sessionStorage.getItem("homeport.toasts") ?? "[]"),
  has: (id) => closed.all().includes(id),
  add: (id) => sessionStorage.setItem("homeport.toasts", JSON.stringify([...closed.all(), id].slice(-KEPT))),
};

async function look() {
  clearTimeout(timer);
  if (ended || document.hidden) return;
  const answer = await fetch(bell.dataset.bell, { cache: "no-store", headers: { "HX-Request": "true", "HX-Current-URL": location.href } }).catch(() => null);
  if (answer && (answer.redirected || answer.headers.has("HX-Redirect") || [401, 403, 404].includes(answer.status))) return void (ended = true);
  if (answer?.ok) show(await answer.text());
  clearTimeout(timer);
  timer = setTimeout(look, list.querySelector("[data-going-on]") ? BUSY_MS : CALM_MS);
}

function show(text) {
  const told = document.createElement("template");
  told.innerHTML = text;
  const rows = [...told.content.querySelectorAll("[data-operation]")];
  const count = rows.filter((row) => "goingOn" in row.dataset).length;
  bell.querySelector("[data-bell-count]").textContent = count || "";
  rows.filter((row) => "mine" in row.dataset).forEach(showToast);
  if (text === seen || list.contains(document.activeElement)) return;
  seen = text;
  list.replaceChildren(told.content);
  renew(list);
}

function showToast(row) {
  const id = row.dataset.operation;
  const goesOn = "goingOn" in row.dataset;
  if (closed.has(id)) return;
  if (isHere(row)) return void (goesOn || row.dataset.level === "error" || closed.add(id));
  if (!goesOn && !shown.has(id) && !("fresh" in row.dataset)) return;
  const level = goesOn ? "going" : row.dataset.level;
  const now = shown.get(id) ?? made(id, goesOn ? "info" : level);
  now.className = `toast show toast-${level}`;
  const words = now.querySelector("[data-toast-words]");
  if (words.dataset.state === row.dataset.state) return progress(words, row);
  words.dataset.state = row.dataset.state;
  words.replaceChildren(...[...row.children].map((one) => one.cloneNode(true)));
  if (!goesOn) over(id, now, level);
}

function progress(words, row) {
  const bar = words.querySelector("progress");
  const told = row.querySelector("progress")?.getAttribute("value");
  if (bar && told) bar.value = Number(told);
}

function made(id, level) {
  const now = toast(level);
  now.addEventListener("click", (event) => event.target.closest("[data-dismiss-toast]") && closed.add(id));
  shown.set(id, now);
  return now;
}

function over(id, now, level) {
  if (level === "error") return;
  closed.add(id);
  leaves(now);
}

// The page of the machine itself says it where the machine is.
function isHere(row) {
  return document.querySelector("[data-machine], [data-console]")?.matches(`[data-machine="${row.dataset.at}"], [data-path="${row.dataset.at}console/"]`);
}

document.addEventListener("homeport:asked", look);
document.addEventListener("visibilitychange", look);
look();
