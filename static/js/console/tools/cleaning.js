// A pasted text made ready for a serial line. In: what the clipboard held. Out: what is sent, and what the person should know first.
// Pure: no terminal, no page.

export const MOST = 1024 * 1024;
export const START = "\x1b[200~";
export const END = "\x1b[201~";

const SHOWN_LINES = 8;
const SHOWN_COLUMNS = 160;
// C0 and C1 but for Tab and Enter, Delete, and what hides or turns text around on a screen.
const CONTROL = /[\x00-\x08\x0b-\x0c\x0e-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2066-\u2069\ufeff]/g;
const MARKS = /\x1b\[20[01]~/g;

// Enter is a carriage return on a serial line, whatever ends a line in the text.
export function enters(text) {
  return text.replace(/\r\n|\n/g, "\r");
}

export function described(text) {
  const lines = enters(text).split("\r");
  const endsWithEnter = lines.length > 1 && lines.at(-1) === "";
  if (endsWithEnter) lines.pop();
  return {
    lines: lines.length,
    characters: [...text].length,
    endsWithEnter,
    controls: (enters(text).match(CONTROL) || []).length,
    first: lines.slice(0, SHOWN_LINES).map(visible),
    more: Math.max(0, lines.length - SHOWN_LINES),
    bytes: new TextEncoder().encode(enters(text)).length,
  };
}

// Control characters as people write them, so that nobody sends unseen what they cannot see.
export function visible(line) {
  const cut = line.length > SHOWN_COLUMNS ? line.slice(0, SHOWN_COLUMNS) + "…" : line;
  return cut.replace(CONTROL, (char) => `⟨${named(char.charCodeAt(0))}⟩`);
}

function named(code) {
  if (code === 0x1b) return "Esc";
  if (code < 0x20 || code === 0x7f) return "^" + String.fromCharCode(code ^ 0x40);
  return code.toString(16).toUpperCase();
}

export function prepared(text, { keepControls = false, dropLastEnter = false, bracketed = false } = {}) {
  let ready = enters(text);
  if (!keepControls) ready = ready.replace(CONTROL, "");
  if (dropLastEnter) ready = ready.replace(/\r$/, "");
  if (bracketed) ready = marked(ready);
  return new TextEncoder().encode(ready);
}

// Between the marks a guest acts on no Enter, so the last one comes behind them. A text that brings the end mark along would
// leave the guest's paste mode in its middle.
function marked(text) {
  const enter = text.endsWith("\r") ? "\r" : "";
  return START + unmarked(text.slice(0, text.length - enter.length)) + END + enter;
}

function unmarked(text) {
  let before;
  do {
    before = text;
    text = text.replace(MARKS, "");
  } while (text !== before);
  return text;
}

// How many characters the first bytes are; a character cut in two does not count.
export function characters(bytes, count) {
  let whole = 0;
  for (let at = 0; at < count; at += 1) {
    const lead = bytes[at];
    const length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    if ((lead & 0xc0) !== 0x80 && at + length <= count) whole += 1;
  }
  return whole;
}
