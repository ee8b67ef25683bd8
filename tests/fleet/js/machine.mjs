import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { act, callOff, follow } from "../machine/machine.js";

let answers = [];
let asked = [];
let listeners = {};

const json = (status, told, redirected = false) => ({ status, redirected, ok: status < 400, json: async () => told });
const flush = async () => {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
};

beforeEach(() => {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout"] });
  [answers, asked, listeners] = [[], [], {}];
  globalThis.fetch = async (address, options) => {
    asked.push([address, options]);
    const next = answers.shift();
    if (!next) throw new TypeError("no network");
    return next;
  };
  globalThis.CustomEvent = class {
    constructor(type, { detail }) {
      Object.assign(this, { type, detail });
    }
  };
  globalThis.document = {
    hidden: false,
    body: { getAttribute: () => '{"X-CSRFToken": "t"}' },
    querySelector: (selector) => ({ textContent: selector }),
    addEventListener: (type, heard) => (listeners[type] = heard),
    removeEventListener: (type) => delete listeners[type],
    dispatchEvent: (event) => listeners[event.type]?.(event),
  };
});

test("it looks every three seconds, every second while something goes on, and tells what differs", async () => {
  const told = [];
  answers = [json(200, { power: "running" }), json(200, { power: "running" }), json(200, { power: "running", operation: {} }), json(200, { power: "stopped" })];
  const following = follow("/vms/web-1/", (one) => told.push(one));
  await flush();
  for (const ms of [3000, 3000, 1000]) {
    mock.timers.tick(ms - 1);
    const before = asked.length;
    mock.timers.tick(1);
    assert.equal(asked.length, before + 1);
    await flush();
  }
  assert.deepEqual(told.map((one) => one.power), ["running", "running", "stopped"]);
  assert.equal(asked[0][0], "/vms/web-1/machine/");
  following.stop();
});

test("it rests while nobody looks, and looks at once when somebody does", async () => {
  document.hidden = true;
  const following = follow("/vms/web-1/", () => {});
  await flush();
  assert.equal(asked.length, 0);
  document.hidden = false;
  answers = [json(200, {})];
  listeners.visibilitychange();
  await flush();
  assert.equal(asked.length, 1);
  following.stop();
});

for (const refusal of [json(403, {}), json(404, {}), json(200, {}, true)]) {
  test(`it ends when the portal refuses: ${refusal.redirected ? "signed out" : refusal.status}`, async () => {
    const told = [];
    answers = [refusal];
    follow("/vms/web-1/", (...news) => told.push(news));
    await flush();
    mock.timers.tick(60_000);
    await flush();
    assert.deepEqual(told, [[null, refusal.redirected ? 401 : refusal.status]]);
    assert.equal(asked.length, 1);
  });
}

test("it goes on when the portal is away for a while", async () => {
  const told = [];
  const following = follow("/vms/web-1/", (one) => told.push(one));
  await flush();
  answers = [json(502, null), json(200, { power: "running" })];
  for (let turn = 0; turn < 2; turn += 1) {
    mock.timers.tick(3000);
    await flush();
  }
  assert.equal(told.length, 1);
  following.stop();
});

test("an act is posted with the page's token, and what was accepted is announced", async () => {
  const heard = [];
  document.addEventListener("homeport:asked", ({ detail }) => heard.push(detail));
  answers = [json(202, { operation: { id: "7" } })];
  const answer = await act("/vms/web-1/", "sysrq", { letters: "h" });
  assert.deepEqual(answer, { ok: true, status: 202, operation: { id: "7" }, sentence: "" });
  const [address, options] = asked[0];
  assert.equal(address, "/vms/web-1/act/sysrq/");
  assert.equal(options.headers["X-CSRFToken"], "t");
  assert.equal(String(options.body), "letters=h");
  assert.deepEqual(heard, [{ id: "7" }]);
});

test("what is refused comes with the portal's sentence, or one of the page's own", async () => {
  answers = [json(409, { sentence: "Ada asked for it.", operation: { id: "7" } }), json(403, null), json(200, null, true)];
  const busy = await act("/vms/web-1/", "reset");
  assert.deepEqual([busy.ok, busy.sentence, busy.operation.id], [false, "Ada asked for it.", "7"]);
  assert.match((await act("/vms/web-1/", "reset")).sentence, /act-forbidden/);
  assert.match((await act("/vms/web-1/", "reset")).sentence, /act-signed-out/);
  assert.match((await act("/vms/web-1/", "reset")).sentence, /act-no-answer/);
});

test("an operation is called off where it is", async () => {
  answers = [json(202, { operation: { id: "7", state: "cancelled" } })];
  assert.equal((await callOff("/vms/web-1/", { id: "7" })).ok, true);
  assert.equal(asked[0][0], "/vms/web-1/operations/7/call-off/");
});
