// The Keys menu. In: `data-press` buttons. Out: what those keys are on a serial line, or a BREAK; greyed with the reason where it cannot be.

import { encoded } from "./encodings.js";
import { Op, u16 } from "../wire.js";

const BREAK_MS = 500;

export function install(desk) {
  const menu = document.getElementById("keys-menu");
  const ask = document.getElementById("break-dialog");
  const reason = menu.querySelector("[data-reason]");
  const breaks = menu.querySelector("[data-break]");
  const breakReason = menu.querySelector("[data-break-reason]");

  function look() {
    const writing = desk.writing();
    reason.hidden = writing;
    menu.querySelectorAll("[data-press]").forEach((button) => able(button, writing));
    able(breaks, writing && Boolean(desk.can().breaks));
    breakReason.hidden = Boolean(desk.can().breaks);
  }
  ["attached", "presence", "state", "line"].forEach((name) => desk.on(name, look));
  look();

  menu.addEventListener("click", (event) => {
    const button = event.target.closest("[data-press], [data-break]");
    if (!button || button.getAttribute("aria-disabled") === "true") return;
    if (button === breaks) {
      ask.returnValue = "";
      return ask.showModal();
    }
    const application = desk.term.modes.applicationCursorKeysMode;
    desk.type(encoded(button.dataset.press, { sac: desk.sac, application }));
    return desk.focus();
  });

  ask.addEventListener("close", () => {
    if (ask.returnValue === "send" && desk.writing()) {
      desk.send(Op.BREAK, u16(BREAK_MS));
    }
    desk.focus();
  });
  desk.on("notice", ({ kind }) => kind === "break" && desk.say(desk.text("break-sent")));
}

// Greyed, yet reachable by key: a reason that cannot be read helps nobody.
function able(button, can) {
  button.setAttribute("aria-disabled", String(!can));
}
