// The guest's idea of the window's size. In: the terminal's rows and columns, and what the guest says when it is asked. Out: told over the line where it can carry that, else typed for a shell.

import { Op, size } from "../wire.js";
import { makeProbe, overhear } from "./probe.js";

const USUAL = { columns: 80, rows: 24 };
const shown = ({ columns, rows }) => `${columns}×${rows}`;

export function install(desk) {
  const { term, text } = desk;
  const menu = document.getElementById("fit-menu");
  const button = document.getElementById("fit-button");
  const ask = makeProbe(desk);
  const fixed = desk.os === "Windows";
  let believed = null; // { columns, rows, at, key }, key of the sentence that says how it is known
  const here = () => ({ columns: term.cols, rows: term.rows });
  const command = () => `stty rows ${term.rows} cols ${term.cols}`;

  function look() {
    const window = shown(here());
    const guest = shown(believed?.rows ? believed : USUAL);
    button.querySelector("[data-size]").textContent = fixed || guest === window ? guest : `${guest}${believed ? "" : "?"} → ${window}`;
    menu.querySelector("[data-now]").textContent = text("fit-now", here());
    menu.querySelector("[data-told]").textContent = believed ? text(believed.key, { ...believed, time: desk.time(believed.at) }) : text("fit-untold");
    menu.querySelectorAll("[data-command]").forEach((code) => (code.textContent = command()));
    menu.querySelectorAll("[data-copy]").forEach((copy) => (copy.dataset.copy = command()));
    const carries = Boolean(desk.can().size);
    menu.querySelector("[data-carries]").hidden = !carries;
    menu.querySelector("[data-types]").hidden = carries;
    menu.querySelector("[data-reason]").hidden = desk.writing();
    menu.querySelectorAll("[data-act]").forEach((act) => act.setAttribute("aria-disabled", String(!desk.writing())));
  }

  function believes(found, key) {
    believed = { ...found, at: desk.now(), key };
    look();
    desk.say(menu.querySelector("[data-told]").textContent);
  }

  const acts = {
    send() {
      desk.send(Op.RESIZE, size(term.rows, term.cols));
      believes(here(), "fit-told");
    },
    run() {
      desk.type(`${command()}\r`);
      believes(here(), "fit-told");
    },
    type() {
      desk.type(command());
      desk.say(text("fit-typed", here()));
    },
    async ask() {
      const found = await ask();
      if (found) believes(found, found.rows ? "fit-said" : "fit-knows-none");
      else desk.banner({ id: "fit-silent", sentence: text("fit-silent"), actions: [{ label: text("understood"), act: () => desk.banner(null) }] });
    },
  };

  menu.addEventListener("click", (event) => {
    const act = event.target.closest("[data-act]");
    if (!act || act.getAttribute("aria-disabled") === "true") return;
    acts[act.dataset.act]();
    desk.focus();
  });
  overhear(desk, (found) => believes(found, "fit-asked"));
  term.onResize(look);
  ["attached", "presence", "line"].forEach((name) => desk.on(name, look));
  look();
}
