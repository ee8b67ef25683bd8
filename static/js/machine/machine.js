// A machine as its page's address, "/vms/…/web-1/", knows it. In: that address. Out: what the portal tells of the machine, and acts asked for.

import { sentence } from "../console/words.js";

const CALM_MS = 3000;
const BUSY_MS = 1000;
const REFUSED = new Set([401, 403, 404]);

// A page of the portal instead of JSON is the sign-in page: whoever looks here is signed out.
async function asked(address, options = {}) {
  const headers = { Accept: "application/json", ...options.headers };
  const answer = await fetch(address, { cache: "no-store", ...options, headers }).catch(() => null);
  if (!answer) return { status: 0, told: null };
  if (answer.redirected) return { status: 401, told: null };
  return { status: answer.status, told: await answer.json().catch(() => null) };
}

// Calls `onChange(told)` whenever it differs, and `onChange(null, status)` once when the portal refuses; then it rests for good.
// While nobody looks it rests, too. `now()` looks at once, `stop()` ends it.
export function follow(address, onChange) {
  let seen = "";
  let timer = 0;
  let ended = false;
  let looking = false;

  async function look() {
    clearTimeout(timer);
    if (ended || looking || document.hidden) return;
    looking = true;
    const { status, told } = await asked(`${address}machine/`);
    looking = false;
    if (ended) return;
    if (REFUSED.has(status)) return refused(status);
    const text = JSON.stringify(told);
    if (told && text !== seen) {
      seen = text;
      onChange(told);
    }
    timer = setTimeout(look, told?.operation ? BUSY_MS : CALM_MS);
  }

  function refused(status) {
    stop();
    onChange(null, status);
  }

  function stop() {
    ended = true;
    clearTimeout(timer);
    document.removeEventListener("visibilitychange", look);
  }

  document.addEventListener("visibilitychange", look);
  look();
  return { now: look, stop };
}

export async function look(address) {
  const { status, told } = await asked(`${address}machine/`);
  return REFUSED.has(status) ? null : told;
}

// Asks for an act: `body` are its fields, such as `letters` of a SysRq. `sentence` says why not, for people.
export function act(address, kind, body = {}) {
  return ordered(`${address}act/${kind}/`, body);
}

export function callOff(address, operation) {
  return ordered(`${address}operations/${operation.id}/call-off/`);
}

async function ordered(address, body = {}) {
  const token = JSON.parse(document.body.getAttribute("hx-headers") ?? "{}");
  const { status, told } = await asked(address, { method: "POST", headers: token, body: new URLSearchParams(body) });
  const ok = status === 202;
  const operation = told?.operation ?? null;
  if (ok) document.dispatchEvent(new CustomEvent("homeport:asked", { detail: operation }));
  return { ok, status, operation, sentence: ok ? "" : (told?.sentence ?? why(status)) };
}

function why(status) {
  if (status === 0) return sentence("act-no-answer");
  if (status === 401) return sentence("act-signed-out");
  if (status === 403) return sentence("act-forbidden");
  return sentence("act-failed");
}
