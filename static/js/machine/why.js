// Why an act cannot be asked for now. In: its kind, and what the portal tells of the machine. Out: the key of a sentence, "" where it can.

const NEEDS = { deallocate: "deallocate", redeploy: "redeploy", nmi: "nmi", ctrl_alt_del: "keys", screenshot: "screen", facts: "agent", sysrq: "" };
const EXCLUSIVE = new Set(["start", "restart", "shut_down", "power_off", "reset", "deallocate", "redeploy"]);
const SUPERSEDES = new Set(["reset", "power_off", "deallocate"]);
const IN_STEPS = new Set(["restart", "shut_down", "sysrq"]);
const GIVEN_UP = new Set(["restart", "shut_down"]);
const OFF = new Set(["stopped", "deallocated"]);

// What an act would have given up, if it is asked for now.
export function givenUp(kind, told) {
  return SUPERSEDES.has(kind) && GIVEN_UP.has(told.operation?.kind) ? told.operation : null;
}

export function whyNot(kind, told) {
  if (!told.may[kind]) return "no-right";
  if (lacks(kind, told)) return told.bare ? "line-only" : "cannot";
  if (waits(kind, told)) return "busy";
  return wrongState(kind, told);
}

// Of a machine that nobody has looked at yet, nothing is known that would be in the way.
function lacks(kind, told) {
  const needed = NEEDS[kind] ?? "power";
  if (needed === "" || (!told.bare && !told.can.length)) return false;
  return !told.can.includes(needed);
}

// Whoever may do a thing may call it off, while it waits for a worker, for the guest, or between two keys.
export function canCallOff(told) {
  const now = told.operation;
  return Boolean(now) && told.may[now.kind] && (now.state === "waiting" || IN_STEPS.has(now.kind));
}

function waits(kind, told) {
  const now = told.operation;
  return EXCLUSIVE.has(kind) && EXCLUSIVE.has(now?.kind) && !givenUp(kind, told);
}

function wrongState(kind, told) {
  const off = OFF.has(told.power);
  if (kind === "start") return told.power === "running" ? "is-running" : "";
  if (kind === "deallocate") return told.power === "deallocated" ? "is-deallocated" : "";
  if (kind === "redeploy") return "";
  return off ? "is-off" : "";
}
