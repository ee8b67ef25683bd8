import assert from "node:assert/strict";
import { test } from "node:test";
import { makeProbe, overhear } from "../console/tools/probe.js";

function made() {
  const handlers = {};
  const desk = {
    typed: "",
    replaying: false,
    writing: () => true,
    type: (text) => (desk.typed += text),
    term: {
      cols: 142,
      rows: 38,
      buffer: { active: { cursorX: 0, cursorY: 0 } },
      parser: { registerCsiHandler: ({ final }, does) => (handlers[final] = does) },
    },
  };
  const prints = (...sequences) => sequences.map(([final, ...params]) => handlers[final](params));
  return { desk, prints };
}

test("the guest's shell moves the cursor to its last cell and back, and that is its size", async () => {
  const { desk, prints } = made();
  const said = makeProbe(desk)();
  assert.match(desk.typed, /^ printf .* \$\(stty size .*\) 0 0\r$/);
  assert.deepEqual(prints(["s"], ["H", 24, 80], ["u"]), [false, false, false]);
  assert.deepEqual(await said, { rows: 24, columns: 80 });
});

test("a program that draws meanwhile is no answer", async () => {
  const { desk, prints } = made();
  const said = makeProbe(desk)();
  prints(["H", 1, 1], ["H", 5, 7], ["u"], ["s"], ["s"], ["H", 0, 0], ["u"], ["s"], ["H", 9, 9], ["u"]);
  assert.deepEqual(await said, { rows: 0, columns: 0 });
});

test("nobody who was not asked is heard", () => {
  const { desk, prints } = made();
  makeProbe(desk);
  assert.deepEqual(prints(["s"], ["H", 1, 2], ["u"]), [false, false, false]);
  assert.equal(desk.typed, "");
});

test("a guest that sends the cursor into the corner and asks where it is, knows our size", () => {
  const { desk, prints } = made();
  const heard = [];
  overhear(desk, (found) => heard.push(found));
  prints(["n", 6], ["n", 5]);
  desk.term.buffer.active = { cursorX: 141, cursorY: 37 };
  prints(["n", 5]);
  desk.replaying = true;
  prints(["n", 6]);
  desk.replaying = false;
  assert.deepEqual(heard, []);
  prints(["n", 6]);
  assert.deepEqual(heard, [{ columns: 142, rows: 38 }]);
});
