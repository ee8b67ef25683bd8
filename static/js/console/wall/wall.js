// The wall of consoles: a tile for each machine in the list, a terminal in each that is on screen.

import { themed } from "../tools/themes.js";
import { Tile } from "./tile.js";
import { install as keys } from "./keys.js";
import { install as list } from "./list.js";
import { Pool } from "./pool.js";

const REFUSED = new Set([401, 403, 404]);
const root = document.querySelector("[data-wall]");
const pool = new Pool();
const tiles = new Map();
const { came: reach } = keys(root);
const looks = () => themed(root.dataset.theme).theme;

function signedOut() {
  tiles.forEach((tile) => tile.stop("wall-signed-out"));
}

function came(element) {
  const tile = new Tile(element, { settled: (one) => pool.settled(one), signedOut, looks });
  tiles.set(element, tile);
  reach(element);
  pool.add(tile);
}

function went(element) {
  pool.remove(tiles.get(element));
  tiles.delete(element);
}

function redraw() {
  tiles.forEach((tile) => tile.redraw());
}

list(root, { came, went });
new ResizeObserver(redraw).observe(root.querySelector("[data-wall-tiles]"));
new MutationObserver(redraw).observe(document.documentElement, { attributeFilter: ["data-bs-theme"] });
document.fonts.ready.then(redraw);

// Whoever is signed out, or may see none of these any more, is not told by asking again.
document.addEventListener("htmx:responseError", ({ target, detail }) => {
  if (target.matches("[data-poll]") && REFUSED.has(detail.xhr.status)) target.remove();
});

// A machine that was started may be watched from now on; one that is off says so.
document.addEventListener("htmx:oobAfterSwap", ({ target }) => {
  const tile = tiles.get(target.closest("[data-tile]"));
  if (!tile) return;
  tile.powered();
  pool.look();
});
