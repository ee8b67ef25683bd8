// One line about what is being done to a machine, or has just been done. In: what the portal tells. Out: words, progress, a way on.

import { sentence } from "../console/words.js";
import { canCallOff } from "./why.js";

const SHAPES = { succeeded: "on", failed: "trouble", cancelled: "off" };

export function showLine(box, told) {
  const one = told.operation ?? told.last;
  box.hidden = !one;
  if (!one) return;
  const part = (name) => box.querySelector(`[data-line-${name}]`);
  part("state").className = `state state-${SHAPES[one.state] ?? "going"}`;
  set(part("words"), sentence(`line-${one.state}`, one));
  part("progress").hidden = !told.operation;
  part("progress").value = one.progress;
  set(part("more"), told.operation ? sentence("line-by", one) : (one.sentence ?? ""));
  part("off").hidden = !canCallOff(told);
  part("way").hidden = one.error !== "guest_ignored" || Boolean(told.operation);
}

// Only what differs is written, so that a screen reader is not told the same again.
function set(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
