// The page's life with its socket. In: frames, closings, the person's Enter. Out: a desk that knows where it stands, and connects again where that is right.

import { stateOf } from "./asking.js";
import { Flow } from "./flow.js";
import { Link } from "./link.js";
import { makeRefusal } from "./refusal.js";
import { Retry, countDown } from "./retry.js";
import { Close, Op, readU64, unpacked } from "./wire.js";

const TAIL = 1024 * 1024;
// What a person ends, or a rule, is not undone by the page: it waits for the person.
const OVER = { [Close.IDLE]: "idle", [Close.LONGEST]: "longest", [Close.ENDED]: "ended", [Close.BAD_FRAME]: "bad-frame", [Close.TOO_MANY]: "too-many" };
const EXPLAINED = new Set([Close.SIGNED_OUT, Close.REFUSED, Close.NOT_FOUND, Close.GONE, Close.REVOKED, Close.SWITCHED_OFF, Close.MACHINE_OFF]);
// Handshakes that fail though the portal answers: something between lets no WebSocket through.
const SUSPICIOUS = 3;

export function install(desk) {
  const flow = new Flow(desk);
  const retry = new Retry(connect, counted);
  const refusal = makeRefusal(desk, connect);
  const { root } = desk;
  let again = null;
  let failures = 0;
  let replaced = false;
  let endedBy = "";
  let stopCount = () => {};
  desk.wish = root.dataset.mode === "connect" ? "write" : "watch";
  desk.flow = flow;
  desk.link = new Link(`/live${root.dataset.path}`, { frame, closed, latency: (ms) => desk.emit("latency", ms) });

  function connect() {
    again = null;
    retry.stop();
    stopCount();
    refusal.stop();
    desk.setState(flow.next === null ? "connecting" : "resuming");
    desk.banner({ id: desk.state, kind: "changing", sentence: desk.text(desk.state) }, "state");
    const where = flow.next === null ? { tail: TAIL } : { from: flow.next };
    desk.link.open({ mode: desk.wish, via: root.dataset.via, ...where });
  }

  const heard = {
    [Op.OUTPUT]: (payload) => flow.output(payload),
    [Op.GAP]: (payload) => flow.missing("gap", payload),
    [Op.SKIP]: (payload) => flow.missing("skip", payload),
    [Op.TAKEN]: (payload) => desk.emit("taken", readU64(payload)),
    [Op.ATTACHED]: (payload) => attached(unpacked(payload)),
    [Op.PRESENCE]: (payload) => present(unpacked(payload)),
    [Op.LINE]: (payload) => lined(unpacked(payload)),
    [Op.NOTICE]: (payload) => noticed(unpacked(payload)),
    [Op.WARNING]: (payload) => desk.emit("warning", unpacked(payload)),
    [Op.HUB]: (payload) => hub(unpacked(payload)),
    [Op.REFUSED]: (payload) => (replaced = unpacked(payload).code === "replaced"),
  };

  function frame(op, payload) {
    heard[op]?.(payload);
  }

  function noticed(told) {
    if (told.kind === "ended") endedBy = told.by.name;
    else desk.emit("notice", told);
  }

  function attached(told) {
    endedBy = "";
    const first = flow.next === null;
    retry.fresh();
    stopCount();
    failures = 0;
    desk.me = told;
    desk.skew = told.now_ms - Date.now();
    desk.banner(null, "state");
    flow.attached(told);
    present(told);
    desk.setState("up");
    desk.emit("attached", { ...told, first });
    desk.link.ping();
    lined(told.line);
  }

  function present({ people, writer }) {
    desk.people = people;
    desk.writer = writer;
    if (desk.writing()) desk.wish = "write";
    desk.emit("presence", { people, writer });
  }

  function lined(line) {
    if (line.can && desk.me) desk.me.can = line.can;
    desk.emit("line", line);
  }

  function hub({ up, next_ms: next }) {
    if (up) return;
    gone("hub");
    stopCount = countDown(next, desk.now, (seconds) => {
      const more = desk.text("next-try", { seconds: Math.max(1, seconds) });
      desk.banner({ id: "hub", kind: "trouble", sentence: desk.text("hub"), more, actions: [tryNow()] }, "state");
    });
  }

  function gone(state) {
    stopCount();
    desk.me = null;
    present({ people: [], writer: null });
    desk.setState(state);
  }

  function closed(code, opened) {
    gone("lost");
    if (replaced) return over("replaced");
    if (code === Close.ENDED && endedBy) return over("ended-by");
    if (code in OVER) return over(OVER[code]);
    if (opened && !EXPLAINED.has(code)) return lost("lost");
    failures += opened ? 0 : 1;
    explain(code);
  }

  async function explain(code) {
    const found = await stateOf(root.dataset.path);
    if (desk.state !== "lost") return;
    if (found === null) return lost("lost");
    if (!found.ready) return refused(found);
    if (code === null) return connect();
    if (code === Close.REVOKED && found.missing) return over("only-watching", refusal.missing(found));
    if (EXPLAINED.has(code) && code !== Close.MACHINE_OFF && code !== Close.GONE) return over("ended");
    lost(failures >= SUSPICIOUS ? "no-socket" : "lost");
  }

  function lost(key) {
    desk.setState("lost");
    desk.lostAs = key;
    retry.later();
  }

  function counted(seconds) {
    if (desk.state !== "lost") return;
    const more = seconds > 0 ? desk.text("next-try", { seconds }) : "";
    desk.banner({ id: desk.lostAs, kind: "changing", sentence: desk.text(desk.lostAs), more, actions: [tryNow()] }, "state");
  }

  const tryNow = () => ({ label: desk.text("retry-now"), act: connect, main: true });

  function over(key, more = "") {
    replaced = false;
    desk.setState("over");
    again = connect;
    desk.banner({ id: key, kind: "off", sentence: desk.text(key, { name: endedBy }), more, actions: [{ label: desk.text("connect-again"), act: connect, main: true }] }, "state");
  }

  function refused(found) {
    again = refusal.again;
    refusal.begin(found);
  }

  // Enter tries again wherever that makes sense; false leaves the key to others.
  desk.retry = () => {
    if (retry.waiting) retry.now();
    else if (again) again();
    else if (desk.lineDown || desk.state === "hub") connect();
    else return false;
    return true;
  };
  desk.connect = connect;
  if (root.dataset.ready === "true") return connect();
  desk.setState("lost");
  return void explain(null);
}
