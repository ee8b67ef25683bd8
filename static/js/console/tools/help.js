// The help dialog, and commands that are typed for the person: never run, because Enter stays theirs.

import { encoded } from "./encodings.js";

export function install(desk) {
  const dialog = document.getElementById("help-dialog");

  function open(tab) {
    if (tab) document.getElementById(`help-tab-${tab}`).click();
    if (!dialog.open) dialog.showModal();
    dialog.querySelector("[role=tab][aria-selected=true]").focus();
  }

  desk.root.addEventListener("click", (event) => {
    const asked = event.target.closest("[data-help]");
    if (asked) open(asked.dataset.help);
    const type = event.target.closest("[data-type]");
    if (type) typed(type.dataset.type, "typed");
    const send = event.target.closest("[data-send]");
    if (send) typed(encoded(send.dataset.send), "key-sent");
  });

  function typed(keys, done) {
    dialog.close();
    if (!desk.writing()) return desk.banner({ id: "typed", sentence: desk.text("type-watching"), actions: [{ label: desk.text("help-close"), act: () => desk.banner(null) }] });
    desk.type(keys);
    desk.say(desk.text(done));
    return desk.focus();
  }

  dialog.addEventListener("close", () => desk.focus());
  desk.onKey((event) => event.shiftKey && event.key === "F1" && (open(), true));
}
