// Who is on a machine's console. In: the machine's page's address. Out: what the portal says of them, as it writes it for pages.

import { renew } from "./ago.js";

const EVERY_MS = 5000;

// Null where the portal does not answer, or does not say.
export async function presentAt(address) {
  const answer = await fetch(`${address}people/`, { cache: "no-store", headers: { "HX-Request": "true", "HX-Current-URL": location.href } }).catch(() => null);
  if (!answer?.ok || answer.redirected) return null;
  const box = document.createElement("template");
  box.innerHTML = await answer.text();
  renew(box.content);
  return box.content;
}

export function keepPeople(box, address) {
  async function look() {
    const found = document.hidden ? null : await presentAt(address);
    if (found) box.replaceChildren(found);
  }
  const timer = setInterval(look, EVERY_MS);
  look();
  return () => clearInterval(timer);
}
