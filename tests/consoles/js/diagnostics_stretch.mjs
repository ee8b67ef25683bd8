import assert from "node:assert/strict";
import { test } from "node:test";
import { caret, pieces } from "../diagnostics/row.js";
import { Stretch } from "../diagnostics/stretch.js";

const LINE = 10; // bytes of each line of this log

// What the portal answers about the lines `from` to `until` of a log of `all`.
function answer(from, until, all = 100) {
  const rows = Array.from({ length: until - from }, (_none, at) => ({ kind: "line", offset: (from + at) * LINE, end: (from + at + 1) * LINE }));
  return { first: 0, end: all * LINE, start: from * LINE, to: until * LINE, last: until >= all, rows };
}

const numbers = (stretch) => stretch.rows.map((row) => row.offset / LINE);
const range = (from, until) => Array.from({ length: until - from }, (_none, at) => from + at);

test("pages before and after join without a gap and without a double", () => {
  const stretch = new Stretch();
  stretch.replace(answer(40, 60));
  assert.equal(stretch.append(answer(60, 70)), 0);
  assert.equal(stretch.prepend(answer(20, 40)), 20);
  assert.equal(stretch.prepend(answer(15, 25)), 5);
  assert.deepEqual(numbers(stretch), range(15, 70));
  assert.deepEqual([stretch.start, stretch.to, stretch.more.before, stretch.more.after], [150, 700, true, true]);
});

test("a line that was not finished is asked for again and replaced", () => {
  const stretch = new Stretch();
  stretch.replace(answer(90, 100));
  assert.equal(stretch.goesOn, 990);
  const again = answer(99, 102, 102);
  again.rows[0].text = "whole";
  stretch.append(again);
  assert.deepEqual(numbers(stretch), range(90, 102));
  assert.equal(stretch.rows[9].text, "whole");
  assert.equal(stretch.last, true);
});

test("what is held is bounded, and tells how far what is in sight moved", () => {
  const stretch = new Stretch(50);
  stretch.replace(answer(0, 40));
  assert.equal(stretch.append(answer(40, 80)), -30);
  assert.deepEqual(numbers(stretch), range(30, 80));
  assert.deepEqual([stretch.start, stretch.more.before], [300, true]);
  assert.equal(stretch.prepend(answer(10, 30)), 20);
  assert.deepEqual(numbers(stretch), range(10, 60));
  assert.deepEqual([stretch.to, stretch.goesOn, stretch.last], [600, 600, false]);
});

test("a place is found by its offset, a moment between the lines too", () => {
  const stretch = new Stretch();
  stretch.replace(answer(10, 20));
  stretch.rows.splice(5, 0, { kind: "moment", offset: 150 });
  assert.equal(stretch.rows[stretch.indexOf(149)].offset, 140);
  assert.equal(stretch.rows[stretch.indexOf(150)].kind, "line");
  assert.equal(stretch.indexOf(99), -1);
  assert.deepEqual([99, 100, 199, 200].map((offset) => stretch.holds(offset)), [false, true, true, false]);
});

test("words are marked wherever they are, and nothing is lost", () => {
  assert.deepEqual(pieces("Error: error", "error"), [["Error", true], [": ", false], ["error", true]]);
  assert.deepEqual(pieces("none", "x"), [["none", false]]);
  assert.deepEqual(pieces("İi", "i"), [["İi", false]]);
  assert.deepEqual(pieces("text", ""), [["text", false]]);
});

test("control characters are written with a caret, whatever fonts there are", () => {
  assert.deepEqual(["␍", "␛", "␀", "␡", "␇"].map(caret), ["^M", "^[", "^@", "^?", "^G"]);
});
