import assert from "node:assert/strict";
import { test } from "node:test";
import { LEAST, MOST, PATIENCE, Pace } from "../console/tools/pace.js";

// A guest on a line, in its own time: takes `takes` bytes a millisecond, reads `reads` of them, keeps at most `room` unread.
function guest({ total, takes, reads, room = Infinity, echoes = true, paces = echoes, stall = () => false }) {
  const pace = new Pace(total, { echoes: paces });
  let now = 0, waiting = 0, unread = 0, lost = 0, read = 0, took = 0, most = 0, owed = 0;
  while (!pace.done && now < 3_600_000) {
    for (let count = pace.allowance(now); count > 0; count = pace.allowance(now)) {
      pace.send(count, now);
      waiting += count;
    }
    most = Math.max(most, pace.untaken);
    const taken = Math.min(waiting, takes);
    waiting -= taken;
    took += taken;
    lost += Math.max(0, unread + taken - room);
    unread = Math.min(room, unread + taken);
    if (taken) pace.take(took, now);
    owed += stall(now) ? 0 : reads;
    const now_read = Math.min(unread, Math.floor(owed));
    owed -= Math.floor(owed);
    unread -= now_read;
    read += now_read;
    if (now_read && echoes) pace.print(now_read, now);
    now += 1;
  }
  return { pace, now, lost, most };
}

test("a fast line is used, and never more than the limit is on its way", () => {
  const { now, most, lost } = guest({ total: 100_000, takes: 64, reads: 64 });
  assert.ok(now < 3_000, `${now} ms`);
  assert.ok(most <= MOST, `${most} bytes`);
  assert.equal(lost, 0);
});

test("a line at 115,200 baud is kept busy", () => {
  const { now } = guest({ total: 100_000, takes: 11, reads: 11 });
  assert.ok(now < 1.15 * (100_000 / 11), `${now} ms`);
});

test("a guest slower than its line loses nothing while it echoes", () => {
  const { lost, now } = guest({ total: 20_000, takes: 200, reads: 1, room: 300 });
  assert.equal(lost, 0);
  assert.ok(now < 25_000, `${now} ms`);
});

test("a guest that stops for seconds in the middle gets little, and then all of it", () => {
  const { lost, pace } = guest({ total: 50_000, takes: 100, reads: 20, room: 2_000, stall: (now) => now > 1_000 && now < 6_000 });
  assert.equal(lost, 0);
  assert.ok(pace.done);
});

test("a guest that does not echo is fed as fast as its line takes it", () => {
  const { now } = guest({ total: 100_000, takes: 64, reads: 64, echoes: false, paces: true });
  assert.ok(now < 5_000, `${now} ms`);
});

test("nothing more goes to a line that takes nothing", () => {
  const pace = new Pace(10_000);
  const first = pace.allowance(0);
  pace.send(first, 0);
  assert.equal(pace.allowance(60_000), 0);
  assert.equal(pace.untaken, first);
});

test("without an echo it goes on after a while, with less", () => {
  const pace = new Pace(10_000);
  pace.send(pace.allowance(0), 0);
  pace.take(32, 5);
  pace.take(64, 10);
  assert.equal(pace.allowance(20), 0);
  assert.equal(pace.wait(20), 10 + PATIENCE - 20);
  assert.equal(pace.allowance(10 + PATIENCE), 32);
  assert.ok(pace.window >= LEAST);
});

test("a total that counts bytes from before or beyond is not believed", () => {
  const pace = new Pace(100);
  pace.send(64, 0);
  pace.take(-5, 1);
  assert.equal(pace.taken, 0);
  pace.take(5_000, 2);
  assert.equal(pace.taken, 64);
});

test("it tells speed and time left of the last seconds", () => {
  const pace = new Pace(10_000, { echoes: false });
  assert.equal(pace.secondsLeft(0), null);
  for (let at = 0; at < 50; at += 1) {
    pace.send(10, at * 100);
    pace.take(pace.sent, at * 100 + 50);
  }
  assert.ok(Math.abs(pace.speed(5_000) - 100) < 10, String(pace.speed(5_000)));
  assert.ok(Math.abs(pace.secondsLeft(5_000) - 95) < 10);
});

test("told what has arrived, it goes on exactly there", () => {
  const pace = new Pace(1_000);
  pace.send(64, 0);
  pace.take(10, 1);
  pace.rewind(40, 5_000);
  assert.deepEqual([pace.taken, pace.sent, pace.untaken], [40, 40, 0]);
  assert.ok(pace.allowance(5_000) > 0);
});
