// How the connection does: a shape and the latency in the header, one line under the terminal.

import { bytesShown } from "../words.js";

const SHAPES = { up: "on", connecting: "warning", resuming: "warning", lost: "warning", hub: "trouble", refused: "trouble", over: "off" };
const OFFSET_MS = 500;
const SLOW_MS = 1_000;

export function install(desk) {
  const { root, text } = desk;
  const dot = root.querySelector("[data-link]");
  const words = dot.querySelector("[data-link-words]");
  const since = root.querySelector("[data-since]");
  const offset = root.querySelector("[data-offset]");
  let resumed = "";
  let latency = null;
  let due = null;

  function show() {
    const up = desk.state === "up";
    dot.className = `state state-${up && latency > SLOW_MS ? "warning" : SHAPES[desk.state]}`;
    words.textContent = up && latency !== null ? text("latency", { ms: latency }) : text(`link-${desk.state}`);
  }

  desk.on("latency", (ms) => {
    latency = Math.round(ms);
    show();
  });
  desk.on("state", (state) => {
    if (state !== "up") latency = null;
    show();
    if (state !== "up") since.textContent = text(`link-${state}`);
  });
  desk.on("attached", ({ first, now_ms: now }) => {
    resumed = first ? "" : desk.time(now);
    since.textContent = first ? text("connected-since", { time: desk.time(now) }) : text("resumed-at", { time: resumed });
    desk.say(since.textContent);
    show();
  });
  desk.on("missing", ({ kind }) => {
    if (resumed && kind === "gap") since.textContent = text("resumed-gap", { time: resumed });
  });
  desk.on("drawn", () => {
    due ??= setTimeout(() => {
      due = null;
      offset.textContent = text("offset", { bytes: bytesShown(desk.flow.next) });
      offset.title = text("offset-exact", { bytes: desk.flow.next });
    }, OFFSET_MS);
  });
  show();
}
