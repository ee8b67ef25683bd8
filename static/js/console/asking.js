// Asks the portal why this console cannot be attached. In: the page's path. Out: its sentence and way out; null when the portal does not answer.

import { sentence } from "./words.js";

const PASSES = new Set(["VirtualMachineProvisioning", "VirtualMachineStopping", "VirtualMachineStopped", "VirtualMachineDeallocated"]);

export async function stateOf(path) {
  try {
    const answer = await fetch(`${path}state/`, { headers: { Accept: "application/json" }, cache: "no-store" });
    if (answer.status === 401) return { ready: false, code: "signed-out", sentence: sentence("signed-out"), action: sentence("sign-in"), url: `/sign-in/?next=${encodeURIComponent(location.pathname)}` };
    if (answer.status === 404) return { ready: false, code: "not-found", sentence: sentence("not-found"), action: sentence("to-list"), url: "/vms/" };
    const found = await answer.json();
    return { ...found, passes: PASSES.has(found.code) };
  } catch {
    return null;
  }
}
