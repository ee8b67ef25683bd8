import assert from "node:assert/strict";
import { test } from "node:test";
import { encoded, sacKey } from "../console/tools/encodings.js";

const told = (names, how) => encoded(names, how).replace(/\x1b/g, "Esc ");

test("Windows gets Esc and one sign for each function and editing key", () => {
  const table = {
    F1: "1", F2: "2", F3: "3", F4: "4", F5: "5", F6: "6", F7: "7", F8: "8", F9: "9", F10: "0", F11: "!", F12: "@",
    Home: "h", End: "k", Insert: "+", Delete: "-", PageUp: "?", PageDown: "/",
  };
  for (const [name, sign] of Object.entries(table)) {
    assert.equal(told(name, { sac: true }), `Esc ${sign}`);
    assert.equal(sacKey(name), `\x1b${sign}`);
  }
});

test("arrows and letters are no business of SAC's", () => {
  for (const name of ["ArrowUp", "a", "Escape", "constructor", "toString"]) assert.equal(sacKey(name), null);
  assert.equal(told("ArrowUp", { sac: true }), "Esc [A");
});

test("Linux gets the VT220's sequences", () => {
  assert.equal(told("F1"), "Esc OP");
  assert.equal(told("F5"), "Esc [15~");
  assert.equal(told("F8"), "Esc [19~");
  assert.equal(told("F12"), "Esc [24~");
  assert.equal(told("Delete"), "Esc [3~");
  assert.equal(told("PageUp"), "Esc [5~");
});

test("cursor keys follow the mode that the guest asked for", () => {
  assert.equal(told("ArrowUp"), "Esc [A");
  assert.equal(told("ArrowUp", { application: true }), "Esc OA");
  assert.equal(told("Home", { application: true }), "Esc OH");
  assert.equal(told("F5", { application: true }), "Esc [15~");
});

test("Ctrl makes control characters", () => {
  assert.equal(encoded("Ctrl-C"), "\x03");
  assert.equal(encoded("Ctrl-D"), "\x04");
  assert.equal(encoded("Ctrl-Z"), "\x1a");
  assert.equal(encoded("Ctrl-\\"), "\x1c");
  assert.equal(encoded("Ctrl-Q"), "\x11");
});

test("several keys in a row are one text, and a name that is none is nothing at all", () => {
  assert.equal(told("Escape Tab"), "Esc \t");
  assert.equal(encoded("Escape Turbo"), null);
  assert.equal(encoded("__proto__"), null);
});
