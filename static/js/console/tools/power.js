// The Power menu, and the keys of the Keys menu that are acts on the machine. In: clicks, and news of the machine. Out: acts; greyed with the reason where there is none.

import { paint } from "../../machine/acts.js";

export function install(desk) {
  const menus = desk.root.querySelectorAll("[data-acts]");
  for (const menu of menus) {
    menu.addEventListener("click", ({ target }) => {
      const button = target.closest("[data-machine-act]");
      if (button && button.getAttribute("aria-disabled") !== "true") desk.askFor(button.dataset.machineAct);
    });
  }

  desk.on("machine", (told) => {
    if (told) menus.forEach((menu) => paint(menu, told));
    else desk.root.querySelectorAll("[data-machine-act]").forEach((button) => button.setAttribute("aria-disabled", "true"));
  });
}
