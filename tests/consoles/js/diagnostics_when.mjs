import assert from "node:assert/strict";
import { test } from "node:test";
import { Places } from "../diagnostics/places.js";
import { understood } from "../diagnostics/when.js";

const DAY = "2026-11-20";
const iso = (text) => {
  const ms = understood(text, DAY);
  return ms === null ? null : new Date(ms).toISOString();
};

test("a time is written in 24 hours, with its day or without", () => {
  assert.equal(iso("2026-11-21 16:30:15"), "2026-11-21T16:30:15.000Z");
  assert.equal(iso(" 2026-11-21T16:30:15Z "), "2026-11-21T16:30:15.000Z");
  assert.equal(iso("2026-11-21 16:30:15 UTC"), "2026-11-21T16:30:15.000Z");
  assert.equal(iso("2026-11-21"), "2026-11-21T00:00:00.000Z");
  assert.equal(iso("1970-01-01"), "1970-01-01T00:00:00.000Z");
  assert.equal(iso("9:05"), "2026-11-20T09:05:00.000Z");
  assert.equal(iso("23:59:59"), "2026-11-20T23:59:59.000Z");
});

test("what is no time is none", () => {
  for (const text of ["", "UTC", "yesterday", "25:00", "16:60", "4:30 PM", "2026-02-30 10:00", "2026-13-01 10:00", "21.11.2026 16:30", "2026-11-21 16"]) assert.equal(iso(text), null, text);
  assert.equal(understood("16:30", ""), null);
});

const line = (text) => ({ kind: "line", text });

test("rows of one height need nothing measured", () => {
  const places = new Places(assert.fail);
  places.reset({ height: 20, columns: 10, wrapped: false });
  places.renew([line("a".repeat(99)), line("b")]);
  assert.deepEqual([places.topOf(2), places.at(39), places.at(40)], [40, 1, 2]);
});

test("wrapped, those alone are measured that may be longer than a line, and once", () => {
  const asked = [];
  const places = new Places((rows) => rows.map((row) => (asked.push(row.text ?? row.kind), 60)));
  const rows = [line("short"), line("longer than ten"), line("ünïcode"), { kind: "gap" }, line("end")];
  places.reset({ height: 20, columns: 10, wrapped: true });
  places.renew(rows.slice(0, 2));
  places.renew(rows);
  assert.deepEqual(asked, ["longer than ten", "ünïcode", "gap"]);
  assert.deepEqual([0, 1, 2, 5, 9].map((at) => places.topOf(at)), [0, 20, 80, 220, 220]);
  assert.deepEqual([0, 19, 20, 79, 80, 219, 220].map((at) => places.at(at)), [0, 0, 1, 1, 2, 4, 5]);
});
