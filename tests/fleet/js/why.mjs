import assert from "node:assert/strict";
import { test } from "node:test";
import { canCallOff, givenUp, whyNot } from "../machine/why.js";

const KINDS = ["start", "restart", "shut_down", "power_off", "reset", "deallocate", "redeploy", "nmi", "sysrq", "ctrl_alt_del", "screenshot", "facts"];
const MAY = Object.fromEntries(KINDS.map((kind) => [kind, true]));
const CAN = ["power", "deallocate", "redeploy", "nmi", "keys", "screen", "agent"];
const machine = (over = {}) => ({ power: "running", can: CAN, bare: false, may: MAY, operation: null, ...over });
const doing = (kind, state = "running") => ({ operation: { kind, state } });
const open = (told) => KINDS.filter((kind) => whyNot(kind, told) === "");

test("a machine that runs can be asked for all but a start", () => {
  assert.deepEqual(open(machine()), KINDS.slice(1));
  assert.equal(whyNot("start", machine()), "is-running");
});

test("a machine that is off is started, given back or redeployed", () => {
  assert.deepEqual(open(machine({ power: "stopped" })), ["start", "deallocate", "redeploy"]);
  assert.deepEqual(open(machine({ power: "deallocated" })), ["start", "redeploy"]);
  assert.equal(whyNot("restart", machine({ power: "stopped" })), "is-off");
});

test("of a machine whose state is not known nothing is held back", () => {
  assert.deepEqual(open(machine({ power: "unknown" })), KINDS);
});

test("a right that is missing comes before everything else", () => {
  const told = machine({ power: "stopped", can: [], may: { ...MAY, reset: false } });
  assert.equal(whyNot("reset", told), "no-right");
});

test("what a machine cannot do is said, and of a bare line why", () => {
  assert.equal(whyNot("nmi", machine({ can: ["power"] })), "cannot");
  assert.equal(whyNot("restart", machine({ can: [], bare: true })), "line-only");
  assert.equal(whyNot("sysrq", machine({ can: [], bare: true })), "");
});

test("a machine that nobody has looked at yet is asked itself", () => {
  assert.equal(whyNot("restart", machine({ can: [] })), "");
});

test("one act at a time, unless the stronger one ends the weaker", () => {
  for (const kind of ["reset", "power_off", "deallocate"]) {
    assert.equal(whyNot(kind, machine(doing("restart"))), "");
    assert.equal(givenUp(kind, machine(doing("shut_down"))).kind, "shut_down");
    assert.equal(whyNot(kind, machine(doing("redeploy"))), "busy");
  }
  assert.equal(whyNot("restart", machine(doing("shut_down"))), "busy");
  assert.equal(givenUp("restart", machine(doing("shut_down"))), null);
});

test("what excludes nothing waits for nothing", () => {
  assert.equal(whyNot("nmi", machine(doing("restart"))), "");
  assert.equal(whyNot("restart", machine(doing("screenshot"))), "");
});

test("what waits can be called off by whoever may do it", () => {
  assert.equal(canCallOff(machine()), false);
  assert.equal(canCallOff(machine(doing("start", "waiting"))), true);
  assert.equal(canCallOff(machine(doing("start"))), false);
  assert.equal(canCallOff(machine(doing("restart"))), true);
  assert.equal(canCallOff(machine({ ...doing("restart"), may: { ...MAY, restart: false } })), false);
});
