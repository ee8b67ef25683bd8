// What a key is on a serial line: the VT220's sequences, and the ones that Windows' SAC and its boot menu read (VT-UTF8).
// Pure: no terminal, no page.

const ESC = "\x1b";

const SAC = {
  F1: "1", F2: "2", F3: "3", F4: "4", F5: "5", F6: "6", F7: "7", F8: "8", F9: "9", F10: "0", F11: "!", F12: "@",
  Home: "h", End: "k", Insert: "+", Delete: "-", PageUp: "?", PageDown: "/",
};

const VT220 = {
  F1: "OP", F2: "OQ", F3: "OR", F4: "OS", F5: "[15~", F6: "[17~", F7: "[18~", F8: "[19~", F9: "[20~", F10: "[21~",
  F11: "[23~", F12: "[24~", Insert: "[2~", Delete: "[3~", PageUp: "[5~", PageDown: "[6~",
};

// These follow the guest's cursor-key mode: Esc [ A or Esc O A.
const CURSOR = { ArrowUp: "A", ArrowDown: "B", ArrowRight: "C", ArrowLeft: "D", Home: "H", End: "F" };

const PLAIN = { Escape: ESC, Tab: "\t", Enter: "\r", Backspace: "\x7f" };

const CONTROL = /^Ctrl-(.)$/;

export function sacKey(name) {
  return Object.hasOwn(SAC, name) ? ESC + SAC[name] : null;
}

// "F8", "Ctrl-C", "Escape Tab": one key or several, in the guest's own encoding; null for a name that is none.
export function encoded(names, { sac = false, application = false } = {}) {
  const parts = names.split(" ").map((name) => one(name, sac, application));
  return parts.includes(null) ? null : parts.join("");
}

function one(name, sac, application) {
  const control = CONTROL.exec(name);
  if (control) return String.fromCharCode(control[1].toUpperCase().charCodeAt(0) & 0x1f);
  if (Object.hasOwn(PLAIN, name)) return PLAIN[name];
  if (sac && Object.hasOwn(SAC, name)) return ESC + SAC[name];
  if (Object.hasOwn(CURSOR, name)) return ESC + (application ? "O" : "[") + CURSOR[name];
  return Object.hasOwn(VT220, name) ? ESC + VT220[name] : null;
}
