// A machine that is off. In: why the console is refused, and news of the machine. Out: a way to start it, or why there is none.

import { whyNot } from "../../machine/why.js";

const OFF = new Set(["VirtualMachineStopped", "VirtualMachineDeallocated"]);

export function install(desk) {
  const { text } = desk;

  desk.wayOn = (code) => {
    if (!OFF.has(code) || !desk.machine) return { actions: [] };
    const why = whyNot("start", desk.machine);
    if (!why) return { actions: [{ label: text("start"), act: () => desk.askFor("start"), main: true }] };
    return { actions: [], more: why === "is-running" ? "" : text(why, desk.machine.operation ?? {}) };
  };
}
