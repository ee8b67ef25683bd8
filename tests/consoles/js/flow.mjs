import assert from "node:assert/strict";
import { test } from "node:test";

import { Flow } from "../console/flow.js";
import { Op, WINDOW, binary, readU64, u64 } from "../console/wire.js";

// A terminal that draws only when it is told to, in order, as xterm.js does.
function attached(told) {
  const waiting = [];
  const made = { drawn: "", acks: [], events: [], asides: 0 };
  const desk = {
    term: {
      cols: 80,
      write: (data, then) => waiting.push([data, then]),
      registerMarker: () => ({}),
      registerDecoration: () => (made.asides += 1),
    },
    send: (op, payload) => op === Op.ACK && made.acks.push(readU64(payload)),
    emit: (name, detail) => made.events.push([name, detail]),
    text: (key, { bytes }) => `<${key} ${bytes}>`,
  };
  made.desk = desk;
  made.flow = new Flow(desk);
  made.flow.attached(told);
  made.draw = (count = waiting.length) => {
    for (const [data, then] of waiting.splice(0, count)) {
      made.drawn += typeof data === "string" ? data : Buffer.from(data).toString("latin1");
      then?.();
    }
  };
  return made;
}

const output = (offset, text) => new Uint8Array([...u64(offset), ...binary(text)]);
const missing = (from, to) => new Uint8Array([...u64(from), ...u64(to)]);

test("bytes that came before are not drawn again", () => {
  const page = attached({ from: 0, live: 0 });
  page.flow.output(output(0, "hello "));
  page.flow.output(output(3, "lo world"));
  page.flow.output(output(0, "hello"));
  page.draw();
  assert.equal(page.drawn, "hello world");
  assert.equal(page.flow.next, 11);
});

test("bytes that never came are told, not passed over in silence", () => {
  const page = attached({ from: 0, live: 0 });
  page.flow.output(output(0, "a"));
  page.flow.output(output(2001, "b"));
  page.draw();
  assert.match(page.drawn, /^a\x18.*<gap 2\.0 KB>\r\nb$/s);
  assert.equal(page.asides, 1);
});

test("a gap and a skip move on to their end", () => {
  const page = attached({ from: 0, live: 0 });
  page.flow.missing("gap", missing(0, 100));
  page.flow.missing("skip", missing(100, 300));
  page.flow.output(output(300, "now"));
  page.draw();
  assert.match(page.drawn, /<gap 100 B>.*<skip 200 B>\r\nnow$/s);
});

test("what was drawn is acknowledged, nothing else", () => {
  const page = attached({ from: 0, live: 0 });
  page.flow.output(output(0, "one"));
  page.flow.output(output(3, "two"));
  assert.deepEqual(page.acks, []);
  page.draw(1);
  assert.deepEqual(page.acks, []);
  page.draw();
  assert.deepEqual(page.acks, [6]);
});

test("a long stream is acknowledged well before the window is full", () => {
  const page = attached({ from: 0, live: 0 });
  const piece = "x".repeat(32 * 1024);
  for (let at = 0; at < 8; at += 1) page.flow.output(output(at * piece.length, piece));
  page.draw(2);
  assert.equal(page.acks.length, 1);
  assert.ok(page.acks[0] <= WINDOW / 2);
});

test("history ends at the very byte at which the attach was", () => {
  const page = attached({ from: 0, live: 4 });
  page.flow.output(output(0, "pastlive"));
  assert.equal(page.desk.replaying, true);
  page.draw(1);
  assert.equal(page.drawn, "past");
  assert.equal(page.desk.replaying, false);
  page.draw();
  assert.equal(page.drawn, "pastlive");
});

test("history is announced, and has ended before its end is acknowledged", () => {
  const page = attached({ from: 0, live: 4 });
  assert.deepEqual(page.events, [["history", 4]]);
  let then = null;
  page.desk.send = () => (then = page.desk.replaying);
  page.flow.output(output(0, "past"));
  page.draw();
  assert.equal(then, false);
});

test("history that ends in a gap ends, too", () => {
  const page = attached({ from: 0, live: 50 });
  page.flow.missing("gap", missing(0, 50));
  page.draw();
  assert.equal(page.desk.replaying, false);
});

test("connecting again goes on where output stopped", () => {
  const page = attached({ from: 0, live: 0 });
  page.flow.output(output(0, "before"));
  page.flow.attached({ from: 6, live: 12 });
  assert.equal(page.desk.replaying, true);
  page.flow.output(output(6, " after"));
  page.draw();
  assert.equal(page.drawn, "before after");
  assert.equal(page.desk.replaying, false);
});

test("the log of a machine made anew starts anew", () => {
  const page = attached({ from: 5000, live: 5000 });
  page.flow.attached({ from: 0, live: 3 });
  page.flow.output(output(0, "new"));
  page.draw();
  assert.equal(page.drawn, "new");
});
