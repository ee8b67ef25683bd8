// What happened meanwhile: ticks over the slider, and a list to jump from. In: moments with their places. Out: `jump(seconds)`.

import { day } from "./times.js";

const BEFORE = 0.05;

export function install(root, jump) {
  const list = root.querySelector("[data-moments]");
  const marks = root.querySelector("[data-marks]");
  let places = [];

  list.addEventListener("click", ({ target }) => {
    const button = target.closest("button");
    if (button) jump(Number(button.dataset.at));
  });

  return {
    show(moments, times) {
      places = moments.map((one) => times.place(one.ms)).sort((a, b) => a - b);
      list.replaceChildren(...moments.map((one) => item(day(one.ms), words(one), times.place(one.ms))));
      marks.replaceChildren(...moments.map((one) => tick(one.kind, times.place(one.ms) / times.duration)));
      root.querySelector("[data-moment-count]").textContent = moments.length;
      root.querySelector("[data-no-moments]").hidden = moments.length > 0;
    },

    next(at) {
      return places.find((place) => place > at + BEFORE);
    },

    previous(at) {
      return places.findLast((place) => place < at - 1);
    },
  };
}

const words = ({ label, who }) => (!who || label.includes(who) ? label : `${label} · ${who}`);

export function item(when, words, at) {
  const row = document.createElement("li");
  const button = document.createElement("button");
  const time = document.createElement("span");
  time.className = "mono text-secondary";
  time.textContent = when;
  button.type = "button";
  button.className = "btn-plain";
  button.dataset.at = at;
  button.append(time, ` ${words}`);
  row.append(button);
  return row;
}

function tick(kind, share) {
  const mark = document.createElement("span");
  mark.dataset.kind = kind;
  mark.style.left = `${100 * Math.min(Math.max(share, 0), 1)}%`;
  return mark;
}
