// Who has the keyboard, in a row above the terminal. In: notices and presence from the hub. Out: what happened, by whom, and the two ways on.
//
// Nobody is cut off unasked: a take-over names its writer first, and succeeds only against the one that was named.

import { Op, packed } from "../wire.js";

const HANDED_MS = 8_000;
const HINT_MS = 4_000;

export function install(desk) {
  const dialog = document.getElementById("take-dialog");
  const needs = document.getElementById("needs-dialog");
  const { text } = desk;
  let happened = null; // what the hub told last, until it is answered or overtaken
  let seen = null;
  let asking = null; // who wants the keyboard that is ours
  let handed = null; // the word that we were given the keyboard
  let hinted = -HINT_MS;

  const writer = () => desk.people.find((one) => one.viewer === desk.writer);
  const mine = () => desk.people.find((one) => one.viewer === desk.me?.viewer);
  const isMe = (one) => Boolean(one.person) && one.person === mine()?.person;
  desk.nameOf = (one) => (isMe(one) ? text("you-elsewhere") : one.name);
  const whoOf = (one) => ({ name: desk.nameOf(one), address: one.address, time: one.writes_since_ms ? desk.time(one.writes_since_ms) : "", vm: desk.root.dataset.vm });

  desk.takeOver = () => {
    const other = writer();
    if (!other) return desk.send(Op.TAKE, packed({ from: desk.writer }));
    seen = other.viewer;
    dialog.querySelector("[data-sentence]").textContent = text(isMe(other) ? "you-write-elsewhere" : "somebody-writes", whoOf(other));
    dialog.querySelector("[data-others]").hidden = isMe(other);
    dialog.returnValue = "";
    if (!dialog.open) dialog.showModal();
  };
  desk.ask = () => {
    desk.send(Op.ASK);
    const waits = () => ({ kind: "changing", sentence: text("asked-them", whoOf(writer())), actions: [act("withdraw", withdraw), act("take-over", desk.takeOver)] });
    tell(() => (writer() ? waits() : null));
  };
  desk.release = () => {
    desk.wish = "watch";
    desk.send(Op.RELEASE);
  };
  desk.hand = (viewer) => {
    desk.wish = "watch";
    happened = null;
    desk.send(Op.HAND, packed({ to: viewer }));
  };

  dialog.addEventListener("close", () => {
    if (dialog.returnValue === "take") desk.send(Op.TAKE, packed({ from: seen }));
    else if (!desk.writing()) desk.wish = "watch";
    desk.focus();
    show();
  });

  // What somebody who does not type gives up is their wish to.
  function withdraw() {
    desk.send(Op.RELEASE);
    dismiss();
  }

  const act = (key, does, main = false) => ({ label: text(key), act: does, main });
  const dismiss = () => tell(null);

  function tell(what) {
    happened = what;
    show();
    return what;
  }

  function standing() {
    if (desk.writing()) return null;
    const other = writer();
    if (!desk.me.may_write) {
      const actions = needs ? [act("what-typing-needs", () => needs.showModal())] : [];
      return { kind: "off", sentence: other ? text("watching-only", whoOf(other)) : text("watching-only-nobody"), actions };
    }
    if (!other) return { kind: "off", sentence: text("nobody-writes"), actions: [act("take-keyboard", desk.takeOver, true)] };
    return { kind: "off", sentence: text(other.held ? "watching-held" : isMe(other) ? "watching-yourself" : "watching", whoOf(other)), actions: [act("ask", desk.ask), act("take-over", desk.takeOver)] };
  }

  function show() {
    desk.banner(desk.me ? (happened?.() ?? standing()) : null, "keyboard");
  }

  const notices = {
    taken(by, time) {
      desk.wish = "watch";
      tell(() => ({ kind: "trouble", sentence: text("taken", { ...whoOf(by), time }), actions: [act("watch", dismiss, true), act("take-back", desk.takeOver)] }));
    },
    asked(by, time) {
      asking = by.viewer;
      tell(() => ({ kind: "changing", sentence: text("asked", { ...whoOf(by), time }), actions: [act("hand-over", () => desk.hand(by.viewer), true), act("keep", dismiss)] }));
    },
    handed(by, time) {
      handed = tell(() => ({ kind: "on", sentence: text("handed", { ...whoOf(by), time }) }));
      setTimeout((told) => happened === told && dismiss(), HANDED_MS, handed);
    },
    withdrawn: (by) => by.viewer === asking && tell(null),
    changed: () => tell(null),
    released: () => tell(null),
    read_only: () => hint(),
    refused_break: () => hint(),
    unknown_break: (by, time) => tell(() => ({ kind: "trouble", sentence: text("unknown-break", { time }), actions: [act("dismiss", dismiss)] })),
    no_break: (by, time, { reason }) => tell(() => ({ kind: "trouble", sentence: text("no-break", { reason, time }), actions: [act("dismiss", dismiss)] })),
  };

  function hint() {
    if (!desk.me || desk.writing() || performance.now() - hinted < HINT_MS) return;
    hinted = performance.now();
    desk.say(text("keys-dropped"));
    const row = desk.root.querySelector('[data-slot="keyboard"] [data-sentence]');
    if (!row) return;
    row.dataset.hint = text("keys-dropped");
    setTimeout(() => delete row.dataset.hint, HINT_MS);
  }

  desk.on("notice", (told) => notices[told.kind]?.(told.by, desk.time(told.at_ms), told));
  desk.on("dropped", hint);
  desk.on("attached", ({ first }) => {
    happened = null;
    show();
    if (first && desk.me.may_write && desk.wish === "write" && !desk.writing() && writer()) desk.takeOver();
  });
  let wrote = false;
  desk.on("presence", () => {
    if (desk.writing() !== wrote) {
      wrote = desk.writing();
      if (wrote && happened !== handed) happened = null; // presence comes before or after the notice
      if (desk.me) desk.say(text(wrote ? "you-write" : "you-watch"));
    }
    if (dialog.open && seen !== desk.writer) dialog.close();
    show();
  });
}
