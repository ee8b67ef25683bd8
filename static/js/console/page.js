// The console page: makes the terminal and the desk, gives each part its place at it, then connects by itself.

import { install as banners } from "./around/banners.js";
import { install as calm } from "./calm.js";
import { install as closing } from "./around/closing.js";
import { makeDesk } from "./desk.js";
import { install as input } from "./input.js";
import { install as keyboard } from "./around/keyboard.js";
import { install as machine } from "./around/machine.js";
import { install as lining } from "./around/lining.js";
import { install as links } from "./around/links.js";
import { install as note } from "./around/note.js";
import { install as offsets } from "./around/offsets.js";
import { install as operation } from "./around/operation.js";
import { install as popOut } from "./around/pop_out.js";
import { install as presence } from "./around/presence.js";
import { install as session } from "./session.js";
import { install as status } from "./around/status.js";
import { install as stopped } from "./around/stopped.js";
import { makeTerminal } from "./terminal.js";
import { tools } from "./tools.js";
import { install as trouble } from "./around/trouble.js";
import { install as veil } from "./around/veil.js";

const root = document.querySelector("[data-console]");
const desk = makeDesk(root, makeTerminal(root.querySelector("[data-terminal]")));

for (const install of [banners, input, links, calm, veil, offsets, keyboard, presence, lining, closing, machine, stopped, operation, trouble, status, note, popOut, ...tools]) install(desk);

// Enter tries again also where nothing has the focus.
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target === document.body && desk.retry()) event.preventDefault();
});
// The way into the terminal for whoever tabs or skips to it.
document.querySelector(".skip-link").addEventListener("click", (event) => {
  event.preventDefault();
  desk.focus();
});

session(desk);
desk.focus();
