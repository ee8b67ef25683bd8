// What is being done to the machine, or has just been done, by whomever. In: news of the machine. Out: one line in the bar; a row where it went wrong.

import { canCallOff } from "../../machine/why.js";

const SHOWN = new Set(["start", "restart", "shut_down", "power_off", "reset", "deallocate", "redeploy", "nmi", "sysrq", "ctrl_alt_del"]);
const WRONG = new Set(["failed", "cancelled"]);
const DONE_MS = 6_000;

export function install(desk) {
  const { text } = desk;
  const line = desk.root.querySelector("[data-operation]");
  const words = line.querySelector("[data-operation-words]");
  const off = line.querySelector("[data-call-off]");
  let known = false; // whether the page has heard of the machine before
  let running = null;
  let ended = null;
  let leaves = 0;

  // A sequence of SysRq keys shows its own.
  const concerns = (one) => Boolean(one) && SHOWN.has(one.kind) && one.id !== desk.sequence;

  function show(one, shape) {
    clearTimeout(leaves);
    line.hidden = false;
    line.firstElementChild.className = `state state-${shape}`;
    off.hidden = shape !== "going" || !canCallOff(desk.machine);
    line.title = text("line-by", one);
    // only what differs is written, so that a screen reader is not told the same again
    const said = text(`line-${one.state}`, one);
    if (words.textContent !== said) words.textContent = said;
  }

  function hide() {
    line.hidden = true;
  }

  function begun(one) {
    // a new attempt: what is said of an older one has been read
    if (running !== one.id) desk.banner(null, "machine");
    running = one.id;
    show(one, "going");
  }

  function over(one, news) {
    ended = one.id;
    running = null;
    hide();
    if (WRONG.has(one.state)) return wrong(one);
    if (!news) return;
    show(one, "on");
    leaves = setTimeout(hide, DONE_MS);
  }

  function wrong(one) {
    const dismiss = { label: text("understood"), act: () => desk.banner(null, "machine") };
    const actions = one.error === "guest_ignored" ? [{ label: text("do-reset"), act: () => desk.askFor("reset"), main: true }, dismiss] : [dismiss];
    desk.banner({ id: one.id, kind: one.state === "failed" ? "trouble" : "off", title: text(`line-${one.state}`, one), sentence: one.sentence ?? "", actions }, "machine");
  }

  off.addEventListener("click", () => {
    desk.callOff(desk.machine.operation);
    desk.focus();
  });

  desk.on("machine", (told) => {
    if (!told) return hide();
    const { operation: now, last } = told;
    if (concerns(last) && last.id !== ended) over(last, known);
    known = true;
    if (concerns(now)) begun(now);
    else if (running) hide();
  });
}
