// The guest's idea of the window's size. In: the terminal's rows and columns. Out: told over the line where it can carry that, else typed for a shell.

import { Op, size } from "../wire.js";

export function install(desk) {
  const { term } = desk;
  const menu = document.getElementById("fit-menu");
  const button = document.getElementById("fit-button");
  const command = () => `stty rows ${term.rows} cols ${term.cols}`;

  function look() {
    const values = { columns: term.cols, rows: term.rows };
    button.querySelector("[data-size]").textContent = `${term.cols}×${term.rows}`;
    menu.querySelector("[data-now]").textContent = desk.text("fit-now", values);
    const told = desk.told ? desk.text("fit-told", { ...desk.told, time: desk.time(desk.told.at) }) : "";
    menu.querySelector("[data-told]").textContent = told || desk.text("fit-untold");
    menu.querySelectorAll("[data-command]").forEach((code) => (code.textContent = command()));
    menu.querySelectorAll("[data-copy]").forEach((copy) => (copy.dataset.copy = command()));
    const carries = Boolean(desk.can().size);
    menu.querySelector("[data-carries]").hidden = !carries;
    menu.querySelector("[data-types]").hidden = carries;
    menu.querySelector("[data-reason]").hidden = desk.writing();
    menu.querySelectorAll("[data-act]").forEach((act) => act.setAttribute("aria-disabled", String(!desk.writing())));
  }

  function tell(act) {
    if (act === "send") desk.send(Op.RESIZE, size(term.rows, term.cols));
    else desk.type(act === "run" ? command() + "\r" : command());
    desk.told = { columns: term.cols, rows: term.rows, at: desk.now() };
    look();
    desk.say(desk.text(act === "type" ? "fit-typed" : "fit-done", { columns: term.cols, rows: term.rows }));
    desk.focus();
  }

  menu.addEventListener("click", (event) => {
    const act = event.target.closest("[data-act]");
    if (act && act.getAttribute("aria-disabled") !== "true") tell(act.dataset.act);
  });
  term.onResize(look);
  ["attached", "presence", "line"].forEach((name) => desk.on(name, look));
  look();
}
