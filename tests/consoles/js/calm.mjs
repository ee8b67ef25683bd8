import assert from "node:assert/strict";
import { test } from "node:test";
import { calm, install } from "../console/calm.js";

function made() {
  const heard = {};
  const selection = { drawn: 0, hasSelection: false, refresh: () => (selection.drawn += 1) };
  const modes = { synchronizedOutput: false };
  const term = { rows: 24, refreshed: [], refresh: (...rows) => term.refreshed.push(rows), _core: { _selectionService: selection, coreService: { decPrivateModes: modes } } };
  install({ term, on: (name, does) => (heard[name] = does) });
  return { term, selection, modes, heard };
}

test("nothing is drawn for a selection that is none, and one that goes is drawn away", () => {
  const { term, selection } = made();
  calm(term);
  const drawn = (has) => ((selection.hasSelection = has), selection.refresh(), selection.drawn);
  assert.deepEqual([drawn(false), drawn(true), drawn(true), drawn(false), drawn(false)], [0, 1, 2, 3, 3]);
});

test("history is shown once, at its end", () => {
  const { term, modes, heard } = made();
  heard.history();
  assert.equal(modes.synchronizedOutput, true);
  assert.deepEqual(term.refreshed, []);
  heard.live();
  assert.equal(modes.synchronizedOutput, false);
  assert.deepEqual(term.refreshed, [[0, 23]]);
  heard.live();
  assert.equal(term.refreshed.length, 1);
});

test("a terminal without these parts goes on as it is", () => {
  const heard = {};
  const term = { _core: {} };
  calm(term);
  install({ term, on: (name, does) => (heard[name] = does) });
  heard.history();
  heard.live();
});
