// Addresses that the guest has printed. A click shows the address first; it opens in a window that knows nothing of this one.

import { WebLinksAddon } from "../../../vendor/addon-web-links.mjs";

export function install(desk) {
  const dialog = document.getElementById("link-dialog");
  const shown = dialog.querySelector("[data-address]");
  desk.term.loadAddon(
    new WebLinksAddon((_event, address) => {
      // as the browser will read it: no letters that look like others, none that turn the text around
      shown.textContent = new URL(address).href;
      dialog.returnValue = "";
      dialog.showModal();
    }),
  );
  dialog.addEventListener("close", () => {
    if (dialog.returnValue === "open") window.open(shown.textContent, "_blank", "noopener,noreferrer");
    desk.focus();
  });
}
