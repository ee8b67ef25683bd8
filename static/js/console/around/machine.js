// The machine behind the line, as the portal knows it. In: news of it every few seconds. Out: its state in the header, `desk.machine`, and "machine" for others.

import { confirmed } from "../../machine/confirm.js";
import { act, callOff, follow } from "../../machine/machine.js";

export function install(desk) {
  const { root, text } = desk;
  const { machine: address, vm: name } = root.dataset;
  const state = root.querySelector("[data-power]");
  desk.machine = null;

  const following = follow(address, (told) => {
    desk.machine = told;
    if (told) show(told);
    desk.emit("machine", told);
  });

  function show({ power, power_words: words }) {
    state.className = `state state-${power}`;
    if (state.lastChild.textContent !== words) state.lastChild.textContent = words;
  }

  // Asks first wherever somebody would notice, and names who is here.
  desk.askFor = async (kind) => {
    const people = desk.me ? () => peopleOf(desk) : undefined;
    const sure = await confirmed(kind, { address, name, told: desk.machine, people });
    if (sure) await desk.order(kind);
    desk.focus();
  };

  // Without asking: the caller has. Out: what the portal answered; a refusal is shown.
  desk.order = (kind, body = {}) => heard(act(address, kind, body));
  desk.callOff = (operation) => heard(callOff(address, operation));

  async function heard(asked) {
    const answer = await asked;
    const actions = [{ label: text("understood"), act: () => desk.banner(null, "machine") }];
    if (!answer.ok) desk.banner({ id: "not-done", kind: "trouble", sentence: answer.sentence, actions }, "machine");
    following.now();
    return answer;
  }
}

// Whoever else types or watches here: an act on the machine meets them, too.
export function peopleOf(desk) {
  const others = desk.people.filter((one) => one.viewer !== desk.me?.viewer);
  const made = document.createElement("span");
  const named = others.map((one) => desk.text(`who-${one.mode}`, { name: desk.nameOf(one) }));
  made.textContent = others.length ? named.join(", ") : desk.text("who-nobody");
  return made;
}
