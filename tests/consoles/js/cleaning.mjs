import assert from "node:assert/strict";
import { test } from "node:test";
import { END, START, characters, described, enters, prepared, visible } from "../console/tools/cleaning.js";

const text = (bytes) => new TextDecoder().decode(bytes);

test("every end of a line becomes Enter, once", () => {
  assert.equal(enters("a\r\nb\nc\rd\n\ne"), "a\rb\rc\rd\r\re");
});

test("it says how many lines there are, and whether the last one is ended", () => {
  assert.deepEqual([described("ls").lines, described("ls").endsWithEnter], [1, false]);
  assert.deepEqual([described("ls\n").lines, described("ls\n").endsWithEnter], [1, true]);
  assert.deepEqual([described("a\r\nb").lines, described("a\r\nb").endsWithEnter], [2, false]);
  assert.deepEqual([described("a\n\nb\n").lines, described("a\n\nb\n").endsWithEnter], [3, true]);
});

test("it shows the first lines and counts the rest", () => {
  const about = described(Array.from({ length: 20 }, (_, at) => `line ${at}`).join("\n"));
  assert.equal(about.first.length, 8);
  assert.equal(about.more, 12);
  assert.equal(about.first[0], "line 0");
  assert.ok(visible("x".repeat(100_000)).length < 200);
});

test("what cannot be seen is shown, counted, and left out unless it is wanted", () => {
  const hidden = "ls\x1b[2J\x07\x7f\x9b\u202e\ttab\n";
  assert.equal(described(hidden).controls, 5);
  assert.equal(visible("\x1b\x07\x7f\x9b\u202e"), "⟨Esc⟩⟨^G⟩⟨^?⟩⟨9B⟩⟨202E⟩");
  assert.equal(text(prepared(hidden)), "ls[2J\ttab\r");
  assert.equal(text(prepared(hidden, { keepControls: true })), "ls\x1b[2J\x07\x7f\x9b\u202e\ttab\r");
});

test("Tab and Enter are no control characters", () => {
  assert.equal(described("a\tb\r\n").controls, 0);
});

test("the last Enter can stay the person's", () => {
  assert.equal(text(prepared("a\nb\n", { dropLastEnter: true })), "a\rb");
  assert.equal(text(prepared("a\nb", { dropLastEnter: true })), "a\rb");
});

test("no text gets out of the guest's paste mode by itself", () => {
  for (const bad of ["a\x1b[201~rm\n", "a\x1b[20\x1b[201~1~rm\n", "\x1b[2\x1b[200~01~rm\n"]) {
    for (const keepControls of [false, true]) {
      const sent = text(prepared(bad, { bracketed: true, keepControls }));
      assert.ok(sent.startsWith(START) && sent.endsWith(`${END}\r`), sent);
      assert.equal(sent.split("\x1b[201~").length, 2, JSON.stringify(sent));
    }
  }
});

test("in the guest's paste mode the last Enter comes behind the end mark, where the guest acts on it", () => {
  const sent = (what, how) => text(prepared(what, { bracketed: true, ...how }));
  assert.equal(sent("one\ntwo\n"), `${START}one\rtwo${END}\r`);
  assert.equal(sent("one\n\n"), `${START}one\r${END}\r`);
  assert.equal(sent("one\ntwo"), `${START}one\rtwo${END}`);
  assert.equal(sent("one\ntwo\n", { dropLastEnter: true }), `${START}one\rtwo${END}`);
});

test("bytes are counted in characters, and half a character does not count", () => {
  const bytes = new TextEncoder().encode("a€𝄞z");
  assert.deepEqual([0, 1, 2, 3, 4, 7, 8, 9].map((count) => characters(bytes, count)), [0, 1, 1, 1, 2, 2, 3, 4]);
  assert.equal(text(prepared("日本語 é\n")), "日本語 é\r");
});
