// The SysRq dialog: one key from a list, or several in a row. In: what is chosen there. Out: the letters, and the pause between them.

import { whyNot } from "../../machine/why.js";
import { peopleOf } from "../around/machine.js";

const MOST = 20;
const asLetters = (text) => [...text.toLowerCase().replace(/[^a-z0-9]/g, "")].slice(0, MOST);

export function install(desk) {
  const { text, root } = desk;
  const button = root.querySelector("[data-sysrq]");
  const reason = button.querySelector("[data-why]");
  const dialog = document.getElementById("sysrq-dialog");
  const form = dialog.querySelector("form");
  const { letter, row, pause } = form.elements;

  function why() {
    if (desk.os === "Windows") return text("linux-only");
    const key = whyNot("sysrq", desk.machine);
    if (key) return text(key, desk.machine.operation ?? {});
    const { bare, can } = desk.machine;
    const carried = !desk.me || desk.can().breaks || can.includes("keys") || (!bare && !can.length);
    return carried ? "" : text("sysrq-no-way");
  }

  function look() {
    const said = desk.machine ? why() : "";
    reason.textContent = said;
    reason.hidden = !said;
    button.setAttribute("aria-disabled", String(!desk.machine || Boolean(said)));
  }
  ["machine", "attached", "line", "state"].forEach((name) => desk.on(name, look));

  button.addEventListener("click", () => {
    if (button.getAttribute("aria-disabled") === "true" || desk.sequence) return;
    dialog.querySelector("[data-people]").replaceChildren(desk.me ? peopleOf(desk) : "");
    dialog.returnValue = "";
    dialog.showModal();
    ready();
  });

  const chosen = () => asLetters(letter.value === "row" ? row.value : letter.value);

  function ready() {
    const letters = chosen();
    const send = form.querySelector("[value=send]");
    send.disabled = letters.length === 0;
    send.textContent = text("sysrq-send", { letters: letters.join("").toUpperCase() });
  }
  form.addEventListener("input", ({ target }) => {
    if (target === row) letter.value = "row";
    ready();
  });
  // A letter chooses its key, as arrows do.
  dialog.addEventListener("keydown", (event) => {
    if (!/^[a-z0-9]$/i.test(event.key) || event.target.matches("[type=text], [type=number]") || event.ctrlKey || event.altKey || event.metaKey) return;
    const found = form.querySelector(`[name=letter][value="${event.key.toLowerCase()}"]`);
    if (!found) return;
    event.preventDefault();
    found.checked = true;
    found.focus();
    ready();
  });
  dialog.addEventListener("close", () => {
    desk.focus();
    if (dialog.returnValue === "send") desk.press(chosen(), pause.value);
  });
}
