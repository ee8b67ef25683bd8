// A jump to a time. In: what somebody wrote, in 24 hours and UTC. Out: the row that was printed then, with the focus on it; or why there is none.

import { sentence } from "../console/words.js";
import { moment } from "./row.js";

const WRITTEN = /^(?:(\d{4}-\d{2}-\d{2})(?:[T ]+|$))?(?:(\d{1,2}):(\d{2})(?::(\d{2}))?)?\s*(?:UTC|Z)?$/i;

// Without a day it is the given one; null where no such time is.
export function understood(text, day) {
  const [, date, hours, minutes = "00", seconds = "00"] = WRITTEN.exec(text.trim()) ?? [];
  const [on, at] = [date ?? day, `${(hours ?? "0").padStart(2, "0")}:${minutes}:${seconds}`];
  const ms = date || hours ? Date.parse(`${on}T${at}Z`) : NaN;
  return new Date(ms || 0).toISOString().startsWith(`${on}T${at}`) ? ms : null;
}

export function jumping(root, { reader, view }) {
  const form = root.querySelector("[data-when]");
  const said = root.querySelector("[data-jumped]");
  const { at } = form.elements;

  function say(words, wrong = false) {
    said.textContent = words;
    at.toggleAttribute("aria-invalid", wrong);
  }

  form.addEventListener("input", () => say(""));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const ms = understood(at.value, at.placeholder.slice(0, 10));
    if (ms === null) return say(sentence("jump-unclear", { at: at.placeholder }), true);
    const found = await reader.since(ms);
    if (!found) return;
    if (found.at >= found.end) await reader.toEnd();
    say(landed(found));
    view.focus(found.at);
  });
  // A time as it is written, on the day that is in sight.
  return (ms) => ms && (at.placeholder = moment(ms).replace(" UTC", ""));
}

// Whoever asks for a time that the log does not reach is told so: what is in sight is something else.
function landed({ at, end, first, rows }) {
  if (at >= end) return sentence("jump-late");
  if (at > first) return "";
  return sentence("jump-early", { at: moment(rows.find((row) => row.kind === "line" && row.ms)?.ms ?? null) });
}
