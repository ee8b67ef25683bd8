// Before a rule closes the console: idle for long, or the longest time is near. In: a warning with seconds. Out: a row with the way to stay.

import { countDown } from "../retry.js";
import { Op } from "../wire.js";

export function install(desk) {
  const { text } = desk;
  let stop = () => {};
  let idle = false;

  function over() {
    idle = false;
    stop();
    desk.banner(null, "warning");
  }
  function stay() {
    desk.send(Op.STAY);
    over();
  }

  desk.on("warning", ({ kind, seconds }) => {
    stop();
    idle = kind === "idle";
    const actions = [idle ? { label: text("stay"), act: stay, main: true } : { label: text("understood"), act: over }];
    stop = countDown(performance.now() + seconds * 1000, () => performance.now(), (left) => {
      const time = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
      desk.banner({ id: `ends-${kind}`, kind: "changing", sentence: text(`ends-${kind}`), more: text("ends-in", { time }), actions }, "warning");
    });
  });
  desk.on("typed", () => idle && over());
  desk.on("state", over);
}
