// One row of the log as an element. In: a row as the portal tells it, and the words that are searched for. Out: nodes; what a guest printed is text in them.

import { sentence } from "../console/words.js";

export function clock(ms) {
  return ms === null ? "" : new Date(ms).toISOString().slice(11, 19);
}

export function moment(ms) {
  return ms === null ? "" : `${new Date(ms).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

export function made(row, { words, current, sessions }) {
  const element = document.createElement("div");
  element.className = `log-row log-${row.kind}`;
  element.dataset.offset = row.offset;
  const time = document.createElement("time");
  if (row.ms) Object.assign(time, { dateTime: new Date(row.ms).toISOString(), title: moment(row.ms), textContent: clock(row.ms) });
  element.append(time, FACES[row.kind](row, words, sessions));
  if (row.offset === current?.offset && row.kind === (current.kind ?? "line")) {
    element.setAttribute("aria-current", "true");
    element.tabIndex = -1;
  }
  return element;
}

const FACES = {
  line: (row, words) => {
    const text = document.createElement("span");
    text.append(...(row.raw ? signs(row.text, words) : marked(row.text, words)));
    if (row.more) text.append(" ", note(sentence("log-more", { count: row.more })));
    return text;
  },
  erased: (row) => note(row.text),
  gap: (row) => {
    const count = row.bytes.toLocaleString(document.documentElement.lang);
    return note(sentence(row.account ? "log-gap-shut" : "log-gap", { count, account: row.account }));
  },
  moment: (row, words, sessions) => {
    const text = document.createElement("span");
    text.className = `log-of-${row.of}`;
    text.append(happened(row));
    if (row.session && sessions) text.append(" ", sessionLink(row.session));
    return text;
  },
};

// Most labels say who it was.
export function happened({ label, who }) {
  return !who || label.includes(who) ? label : `${label} · ${who}`;
}

function note(words) {
  const made = document.createElement("em");
  made.textContent = words;
  return made;
}

function sessionLink(id) {
  const link = document.createElement("a");
  link.href = `/sessions/${encodeURIComponent(id)}/`;
  link.textContent = sentence("log-session");
  return link;
}

const SIGNS = /([\u2400-\u2421])/u;

// What stands for a control character is written as ^M, in its own colour: a guest can print that, too, but not in that colour.
export function caret(sign) {
  const code = sign.charCodeAt(0) - 0x2400;
  return `^${code === 0x21 ? "?" : String.fromCharCode(code + 0x40)}`;
}

function signs(text, words) {
  return text.split(SIGNS).flatMap((part) => (SIGNS.test(part) ? [control(part)] : marked(part, words)));
}

function control(sign) {
  const made = document.createElement("span");
  made.className = "log-control";
  made.textContent = caret(sign);
  return made;
}

// Where lower case has other places than the text, nothing is marked.
export function pieces(text, words) {
  const [low, needle] = [text.toLowerCase(), words.toLowerCase()];
  if (!needle || low.length !== text.length) return [[text, false]];
  const found = [];
  let at = 0;
  for (let hit = low.indexOf(needle); hit >= 0; hit = low.indexOf(needle, at)) {
    found.push([text.slice(at, hit), false], [text.slice(hit, hit + needle.length), true]);
    at = hit + needle.length;
  }
  return [...found, [text.slice(at), false]].filter(([piece]) => piece);
}

export function marked(text, words) {
  return pieces(text, words).map(([piece, hit]) => {
    if (!hit) return piece;
    const mark = document.createElement("mark");
    mark.textContent = piece;
    return mark;
  });
}
