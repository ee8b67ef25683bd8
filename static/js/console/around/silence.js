// The guest says nothing. In: Enter of the writer, and output. Out: after ten seconds of silence, help for this guest beside the terminal.
//
// Where it was last seen in a panic, a boot menu or an emergency shell, a login is not what is missing: one sentence says what is.

import { whyNot } from "../../machine/why.js";

const PATIENCE = 10_000;
const ELSEWHERE = new Set(["panic", "oops", "emergency", "fsck", "grub"]);
const RESETS = new Set(["panic", "oops"]);

export function install(desk) {
  const panel = document.getElementById("silence");
  let due = 0;
  desk.root.querySelector("[data-terminal]").before(panel);

  function heard() {
    clearTimeout(due);
    if (panel.hidden) return;
    const held = panel.contains(document.activeElement);
    panel.hidden = true;
    if (held) desk.focus();
  }

  function offer() {
    if (!desk.writing() || desk.state !== "up" || desk.lineDown) return;
    const last = desk.machine?.seen?.last;
    if (ELSEWHERE.has(last)) return elsewhere(last);
    panel.hidden = false;
    desk.say(desk.text("silent"));
  }

  function elsewhere(last) {
    const reset = RESETS.has(last) && !whyNot("reset", desk.machine) ? [{ label: desk.text("do-reset"), act: () => desk.askFor("reset"), main: true }] : [];
    const dismiss = { label: desk.text("understood"), act: () => desk.banner(null) };
    desk.banner({ id: "silent", kind: "changing", sentence: desk.text(`silent-${last}`), actions: [...reset, dismiss] });
  }

  desk.term.onData((text) => {
    if (!text.includes("\r") || !desk.writing() || !panel.hidden) return;
    clearTimeout(due);
    due = setTimeout(offer, PATIENCE);
  });
  ["output", "state"].forEach((name) => desk.on(name, heard));
  desk.on("presence", () => desk.writing() || heard());

  panel.querySelector("[data-close]").addEventListener("click", () => {
    panel.hidden = true;
    desk.focus();
  });
  panel.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    panel.hidden = true;
    desk.focus();
  });
}
