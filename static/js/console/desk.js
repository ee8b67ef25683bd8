// What the page's modules share. In: what happened, by name. Out: the same to whoever asked for it, and words in the person's language.

import { MAX_KEYS, Op, utf8 } from "./wire.js";
import { sentence, timeShown } from "./words.js";

export function makeDesk(root, term) {
  const listeners = new Map();
  const hooks = [];
  const said = document.getElementById("said");
  const desk = {
    root,
    term,
    os: root.dataset.os,
    link: null,
    me: null,
    people: [],
    writer: null,
    state: "connecting",
    skew: 0,

    on(name, heard) {
      listeners.set(name, [...(listeners.get(name) ?? []), heard]);
    },
    emit(name, detail) {
      for (const heard of listeners.get(name) ?? []) heard(detail);
    },
    // A hook sees each keydown before the terminal does, and returns true for a key that it has handled.
    onKey(hook) {
      hooks.push(hook);
    },
    handled: (event) => hooks.some((hook) => hook(event)),

    send: (op, payload) => desk.link.send(op, payload),
    can: () => desk.me?.can ?? {},
    writing: () => desk.me !== null && desk.writer === desk.me.viewer,
    type(data) {
      const bytes = typeof data === "string" ? utf8(data) : data;
      if (!bytes.length) return;
      if (!desk.writing()) return desk.emit("dropped", bytes.length);
      for (let at = 0; at < bytes.length; at += MAX_KEYS) desk.send(Op.KEYS, bytes.subarray(at, at + MAX_KEYS));
      desk.emit("typed", bytes.length);
    },
    paste: (text) => desk.type(text.replace(/\r?\n/g, "\r")),

    text: (key, values = {}) => sentence(key, values),
    say(words) {
      said.textContent = words;
    },
    focus: () => term.focus(),
    setState(state) {
      if (desk.state === state) return;
      desk.state = state;
      root.dataset.state = state;
      desk.emit("state", state);
    },
    // By the hub's clock, which may differ from the browser's.
    now: () => Date.now() + desk.skew,
    time: (ms) => timeShown(ms - desk.skew),
    banner: () => {},
  };
  return desk;
}
