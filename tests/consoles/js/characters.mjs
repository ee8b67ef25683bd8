import assert from "node:assert/strict";
import { test } from "node:test";
import { wholeCharacters } from "../console/characters.js";

const pieces = (bytes, size) => Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) => bytes.subarray(at * size, (at + 1) * size));

test("wherever a text is cut, no piece ends within a character, and no byte is lost", () => {
  const text = "a…“é”😀\x1b[0m漢 end";
  const bytes = new TextEncoder().encode(text);
  for (let size = 1; size <= bytes.length; size += 1) {
    const whole = wholeCharacters();
    const told = pieces(bytes, size).map((piece) => new TextDecoder("utf-8", { fatal: true }).decode(whole(piece)));
    assert.equal(told.join(""), text);
  }
});

test("bytes that are no UTF-8 are held back no longer than a character may be", () => {
  for (const bad of [[0x80, 0x80, 0x80, 0x80], [0xff, 0xfe], [0xc3, 0x41], [0xe2, 0x41, 0x42], [0xe2, 0x80, 0x41], [0xf0, 0x80, 0x80, 0x80, 0x80]]) {
    const whole = wholeCharacters();
    const told = [...bad, 0x21].flatMap((byte) => [...whole(Uint8Array.of(byte))]);
    assert.deepEqual(told, [...bad, 0x21]);
  }
});

test("what has no end yet waits, and the rest is the piece itself, not a copy", () => {
  const whole = wholeCharacters();
  const bytes = Uint8Array.of(0x61, 0x62);
  assert.equal(whole(bytes).buffer, bytes.buffer);
  assert.equal(whole(Uint8Array.of(0xe2, 0x80)).length, 0);
  assert.deepEqual([...whole(Uint8Array.of(0xa6))], [0xe2, 0x80, 0xa6]);
});
