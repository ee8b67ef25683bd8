import assert from "node:assert/strict";
import { test } from "node:test";
import { Times, day, shown } from "../replay/times.js";

const NOON = Date.UTC(2026, 10, 21, 12);
// ten seconds, then a pause of an hour that was cut to two seconds, then ten more
const times = new Times([[0, NOON], [12_000, NOON + 3_610_000]], 22);

test("a place in the recording is a time of day, and the other way round", () => {
  for (const [seconds, ms] of [[0, 0], [9, 9000], [12, 3_610_000], [20, 3_618_000]]) {
    assert.equal(times.real(seconds), NOON + ms);
    assert.equal(times.place(NOON + ms), seconds);
  }
});

test("what happened within a pause that was cut short is at its end", () => {
  assert.equal(times.place(NOON + 1_800_000), 12);
});

test("what was before or after is at the beginning or the end", () => {
  assert.equal(times.place(NOON - 5000), 0);
  assert.equal(times.place(NOON + 9_000_000), 22);
  assert.equal(new Times([], 0).place(NOON), 0);
});

test("times are shown as people read them", () => {
  assert.equal(shown(3_725.9), "1:02:05");
  assert.equal(shown(-1), "0:00:00");
  assert.equal(day(NOON), "2026-11-21 12:00:00 UTC");
  assert.equal(day(null), "");
});
