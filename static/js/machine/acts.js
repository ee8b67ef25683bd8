// Buttons that ask for acts. In: an element with [data-machine-act] buttons, and a machine. Out: buttons that say why not, or ask and do.

import { sentence } from "../console/words.js";
import { confirmed } from "./confirm.js";
import { act } from "./machine.js";
import { say } from "./toasting.js";
import { whyNot } from "./why.js";

// Shows what can be asked for now; a button that cannot be pressed stays where the keyboard finds it, and says why.
export function paint(box, told) {
  for (const button of box.querySelectorAll("[data-machine-act]")) {
    const key = whyNot(button.dataset.machineAct, told);
    const why = key && sentence(key, told.operation ?? {});
    button.setAttribute("aria-disabled", String(Boolean(key)));
    button.title = why;
    const line = button.querySelector("[data-why]");
    if (line) {
      line.textContent = why;
      line.hidden = !why;
    }
  }
}

// `machine()` gives { address, name, told } as they are when a button is pressed; `then` hears of what was accepted.
export function listen(box, machine, then = () => {}) {
  box.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-machine-act]");
    if (!button) return;
    event.preventDefault();
    if (button.getAttribute("aria-disabled") === "true") return button.title && say(button.title, "info");
    const told = await ask(button.dataset.machineAct, machine());
    if (told?.ok) then(told.operation);
  });
}

export async function ask(kind, machine) {
  if (!(await confirmed(kind, machine))) return null;
  const told = await act(machine.address, kind);
  if (!told.ok) say(told.sentence);
  return told;
}
