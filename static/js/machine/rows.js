// The power menu of rows: one menu for a whole list. In: a press on a row's button. Out: the menu, with what that machine can do now.

import { sentence } from "../console/words.js";
import { listen, paint } from "./acts.js";
import { look } from "./machine.js";
import { say } from "./toasting.js";

const menu = document.getElementById("acts-menu");
const items = () => [...menu.querySelectorAll("[data-machine-act]")];
let opener = null;
let told = null;

async function open(button) {
  opener = button;
  told = await look(button.dataset.actsOf);
  if (opener !== button) return;
  if (!told) return say(sentence("no-longer"));
  paint(menu, told);
  menu.querySelector("[data-menu-of]").textContent = button.dataset.name;
  menu.showPopover();
  place(button.getBoundingClientRect());
  items()[0].focus();
}

// Under the button, or above it where there is no room; never beyond the window's edge.
function place(at) {
  const { offsetWidth: width, offsetHeight: height } = menu;
  const below = at.bottom + height < innerHeight;
  menu.style.left = `${Math.max(8, Math.min(at.right, innerWidth - 8) - width)}px`;
  menu.style.top = `${Math.max(8, below ? at.bottom + 2 : at.top - height - 2)}px`;
}

function step(event) {
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!by) return;
  event.preventDefault();
  const all = items();
  all[(all.indexOf(document.activeElement) + by + all.length) % all.length].focus();
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-acts-of]");
  if (button) open(button);
});
if (menu) {
  menu.addEventListener("keydown", step);
  menu.addEventListener("click", (event) => {
    if (event.target.closest("[data-machine-act]")?.getAttribute("aria-disabled") === "false") menu.hidePopover();
  });
  menu.addEventListener("toggle", (event) => event.newState === "closed" && menu.contains(document.activeElement) && opener.focus());
  listen(menu, () => ({ address: opener.dataset.actsOf, name: opener.dataset.name, told }));
}
