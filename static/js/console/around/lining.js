// The serial line behind the hub. In: what the hub says of it. Out: a row that says why it cannot be reached, what was tried, and when again.

import { countDown } from "../retry.js";

export function install(desk) {
  const { text } = desk;
  let stop = () => {};

  function down(line) {
    const sentence = text("line-down", { why: text(`line-${line.code}`) });
    const tried = text(line.reason ? "reason-tried" : "tried", { reason: line.reason, endpoint: line.tried });
    stop = countDown(line.next_ms, desk.now, (seconds) => {
      const more = `${tried} ${text("next-try", { seconds: Math.max(1, seconds) })}`;
      desk.banner({ id: "line-down", kind: "trouble", sentence, more, actions: [{ label: text("retry-now"), act: desk.connect, main: true }] }, "state");
    });
  }

  function show(line) {
    stop();
    desk.lineDown = line.state === "down";
    if (line.state === "up") return desk.banner(null, "state");
    if (line.state === "down") return down(line);
    // between two tries the row that says why stays as it is
    if (line.code) return null;
    return desk.banner({ id: `line-${line.state}`, kind: "changing", sentence: text(`line-${line.state}`), more: text("tried", { endpoint: line.tried }) }, "state");
  }

  desk.on("line", (line) => {
    show(line);
    desk.banner(line.recording === false ? { id: "recording", kind: "trouble", sentence: text("not-recording", { reason: line.trouble }) } : null, "recording");
  });
  desk.on("state", (state) => {
    if (state === "up") return;
    stop();
    desk.lineDown = false;
    desk.banner(null, "recording");
  });
}
