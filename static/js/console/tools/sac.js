// Function keys as Windows reads them. In: keys on the terminal of a Windows machine. Out: Esc and a sign, unless the switch is off.

import { sacKey } from "./encodings.js";

export function install(desk) {
  const field = document.getElementById("sac-keys");
  desk.sac = field !== null;
  if (!field) return;
  field.checked = true;
  field.addEventListener("change", () => (desk.sac = field.checked));
  desk.onKey((event) => {
    if (!desk.sac || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return false;
    const keys = sacKey(event.key);
    if (keys) desk.type(keys);
    return keys !== null;
  });
}
