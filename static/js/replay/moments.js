// What happened meanwhile: ticks over the slider, and a list to jump from. In: moments, and where the player is. Out: `jump(seconds)`.

import { happened } from "../diagnostics/row.js";
import { Places } from "./places.js";

const BEFORE = 0.05;

export function install(root, jump) {
  const list = new Places(root.querySelector("[data-moments]"), (index) => jump(places[index]));
  const marks = root.querySelector("[data-marks]");
  let places = [];

  return {
    show(moments, times) {
      const sorted = moments.map((one) => ({ ms: one.ms, text: happened(one), kind: one.kind, at: times.place(one.ms) })).sort((a, b) => a.at - b.at);
      places = sorted.map(({ at }) => at);
      list.clear();
      list.add(sorted);
      marks.replaceChildren(...sorted.map(({ kind, at }) => tick(kind, at / times.duration)));
      root.querySelector("[data-moment-count]").textContent = sorted.length;
      root.querySelector("[data-no-moments]").hidden = sorted.length > 0;
    },

    // The last that has happened by then is the current one.
    pass(at) {
      list.mark(places.findLastIndex((place) => place <= at + BEFORE));
    },

    next(at) {
      return places.find((place) => place > at + BEFORE);
    },

    previous(at) {
      return places.findLast((place) => place < at - 1);
    },
  };
}

function tick(kind, share) {
  const mark = document.createElement("span");
  mark.dataset.kind = kind;
  mark.style.left = `${100 * Math.min(Math.max(share, 0), 1)}%`;
  return mark;
}
