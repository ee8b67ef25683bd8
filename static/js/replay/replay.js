// The replay page: a recording, its controls, its moments, what is found in it. In: an index of segments. Out: a screen; nothing is ever sent to a machine.

import { sentence } from "../console/words.js";
import * as finding from "./find.js";
import * as listing from "./moments.js";
import { Player } from "./player.js";
import { Times, day, shown } from "./times.js";

const STEP = 5;
const LOOK_MS = 200;

const root = document.querySelector("[data-replay]");
const part = (name) => root.querySelector(`[data-${name}]`);
const [screen, slider, play, speed, idle, size] = ["screen", "slider", "play", "speed", "idle", "size"].map(part);
const rest = document.querySelector("[data-rest]");
const player = new Player(screen, changed);
const moments = listing.install(root, shownAt);
let times = new Times([], 0);
let held = false;
let asked = 0;

finding.install(root, { times: () => times, jump: stopAt });
const still = matchMedia("(prefers-reduced-motion: reduce)").matches;

// The newest question counts, whichever answer comes last.
async function load({ at, playing }) {
  const mine = (asked += 1);
  screen.dataset.state = "loading";
  const url = new URL(root.dataset.cast, location);
  url.searchParams.set("idle", idle.value);
  url.searchParams.set("size", size.value);
  const answer = await fetch(url, { cache: "no-store", headers: { Accept: "application/json" } }).catch(() => null);
  const index = answer?.ok && !answer.redirected ? await answer.json() : null;
  if (mine !== asked) return;
  if (!index) return failed(answer);
  times = new Times(index.clock, index.duration);
  slider.max = index.duration;
  part("length").textContent = shown(index.duration);
  moments.show(index.moments, times);
  rest.hidden = !index.rest;
  if (index.rest) rest.href = new URL(index.rest, url);
  player.load(index);
  await player.open({ speed: Number(speed.value), at: at(), play: playing });
}

// A store that stands in the way says so itself.
async function failed(answer) {
  const told = await answer?.json().catch(() => null);
  changed("failed", told?.sentence);
}

function changed(state, why = sentence("failed")) {
  screen.dataset.state = state;
  if (state === "failed") part("word").textContent = why;
  for (const one of [play, slider]) one.disabled = state === "failed";
  play.setAttribute("aria-pressed", String(player.playing));
  play.setAttribute("aria-label", sentence(player.playing ? "pause" : "play"));
  play.querySelector("[data-when=paused]").hidden = player.playing;
  play.querySelector("[data-when=playing]").hidden = !player.playing;
  look();
}

async function look() {
  if (held || !player.inner || screen.dataset.state === "failed") return;
  show(player.ended ? player.duration : await player.now());
}

function show(at) {
  slider.value = at;
  slider.setAttribute("aria-valuetext", `${shown(at)}, ${day(times.real(at))}`);
  part("place").textContent = shown(at);
  part("clock").textContent = day(times.real(at));
  moments.pass(at);
}

// Where the screen has been scrolled away, as on a telephone, whoever jumps wants to see it.
function shownAt(at) {
  screen.scrollIntoView({ block: "nearest", behavior: still ? "instant" : "smooth" });
  return jump(at);
}

async function jump(at) {
  if (at === undefined) return;
  show(at);
  await player.seek(at);
  look();
}

// What was sought is there to be read: it does not run away.
async function stopAt(at) {
  if (player.goes) await player.pause();
  await shownAt(at);
}

play.addEventListener("click", () => player.toggle());
slider.addEventListener("input", () => {
  held = true;
  show(Number(slider.value));
});
slider.addEventListener("change", async () => {
  await player.seek(Number(slider.value));
  held = false;
});
speed.addEventListener("change", async () => {
  player.open({ speed: Number(speed.value), at: await player.now(), play: player.goes });
});
for (const choice of [idle, size]) {
  choice.addEventListener("change", async () => {
    const ms = times.real(await player.now());
    load({ at: () => times.place(ms), playing: player.goes });
  });
}

const KEYS = {
  " ": () => player.toggle(),
  ArrowLeft: async () => jump((await player.now()) - STEP),
  ArrowRight: async () => jump((await player.now()) + STEP),
  "[": async () => jump(moments.previous(await player.now())),
  "]": async () => jump(moments.next(await player.now())),
};

// Before the player's own keys, of which some have no words in the person's language.
document.addEventListener("keydown", (event) => {
  const { key, target } = event;
  if (screen.contains(target)) event.stopPropagation();
  if (event.ctrlKey || event.altKey || event.metaKey || !player.inner || target.matches("input, select, textarea")) return;
  if (!KEYS[key] || (key === " " && target.matches("button, a, summary"))) return;
  event.preventDefault();
  KEYS[key]();
}, true);

setInterval(() => player.playing && !document.hidden && look(), LOOK_MS);
load({ at: () => 0, playing: !still });
