// Asks before an act that somebody would notice. In: the act, the machine, what is known of it. Out: whether to go on.

import { sentence } from "../console/words.js";
import { presentAt } from "./people.js";
import { givenUp } from "./why.js";

const HARSH = new Set(["power_off", "reset", "deallocate", "redeploy", "nmi", "ctrl_alt_del"]);
const AT_ONCE = new Set(["start", "screenshot", "facts"]);

// `people`: a function that gives the element which says who is on the console; without one the portal is asked.
export async function confirmed(kind, { address, name, told, people }) {
  if (AT_ONCE.has(kind)) return true;
  const dialog = document.getElementById("act-dialog");
  const say = (part, key) => (dialog.querySelector(`[data-${part}]`).textContent = sentence(`${key}-${kind}`, { name }));
  say("title", "ask");
  say("what", "what");
  say("do", "do");
  dialog.querySelector("[data-do]").className = `btn ${HARSH.has(kind) ? "btn-danger" : "btn-primary"}`;
  const ended = dialog.querySelector("[data-given-up]");
  const other = told ? givenUp(kind, told) : null;
  ended.hidden = !other;
  if (other) ended.textContent = sentence("given-up", other);
  showPeople(dialog, people ? people() : presentAt(address));
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => dialog.addEventListener("close", () => resolve(dialog.returnValue === "do"), { once: true }));
}

// The dialog does not wait for it: what an act does is said at once, whom it meets as soon as it is known.
async function showPeople(dialog, asked) {
  const box = dialog.querySelector("[data-people-box]");
  box.hidden = true;
  const found = await asked;
  if (!found) return;
  box.querySelector("[data-people]").replaceChildren(found);
  box.hidden = false;
}
