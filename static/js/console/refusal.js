// Why the portal does not attach this page. In: its sentence, and news of the machine. Out: a row with the ways out.
//
// It is looked at again: soon what passes by itself, seldom what a person has to undo, and at once when the machine is in another state.

import { stateOf } from "./asking.js";

const LOOK_MS = 5_000;
const LOOK_SELDOM_MS = 15_000;

export function makeRefusal(desk, connect) {
  const { path } = desk.root.dataset;
  let told = null;
  let due = 0;
  let power = "";

  const stop = () => clearTimeout(due);
  const again = () => (told.passes ? look() : connect());

  // The same sentence and way out as everywhere in the portal.
  function say() {
    const { code, passes, title, sentence, url, action } = told;
    const { actions: ways, more = missing(told) } = desk.wayOn(code);
    const way = url && url !== path ? [{ label: action, url, main: true }] : ways;
    const actions = [...way, { label: desk.text("retry-now"), act: again, main: way.length === 0 }];
    desk.banner({ id: code, kind: passes ? "off" : "trouble", title, sentence, more, actions }, "state");
  }

  function begin(found) {
    told = found;
    desk.setState("refused");
    say();
    stop();
    due = setTimeout(look, found.passes ? LOOK_MS : LOOK_SELDOM_MS);
  }

  async function look() {
    if (desk.state !== "refused") return;
    const found = await stateOf(path);
    if (desk.state !== "refused") return;
    if (found?.ready) connect();
    else begin(found ?? told);
  }

  function missing(found) {
    return found.missing ? desk.text("missing", found.missing) : "";
  }

  // What can be done about a machine that is off is known only now; and one that has just been started is attached to at once.
  desk.on("machine", (news) => {
    const changed = news && news.power !== power;
    power = news?.power ?? "";
    if (desk.state !== "refused" || !told.passes) return;
    if (changed) look();
    else say();
  });

  return { begin, stop, again, missing };
}
