// What the person types, pastes and copies. In: keys and the mouse on the terminal. Out: bytes for the guest, by `desk.type` and `desk.paste`.

import { binary, utf8 } from "./wire.js";

export function install(desk) {
  const { term, root } = desk;
  // A terminal answers questions by itself. History's questions were answered when they were asked, so while it is
  // drawn only what a person has just done gets out. Watchers' terminals are silent: their standard input is off.
  const wanted = () => !desk.replaying || byPerson();
  term.onData((text) => wanted() && desk.type(utf8(text)));
  term.onBinary((text) => wanted() && desk.type(binary(text)));

  const listen = () => (term.options.disableStdin = !desk.writing());
  desk.on("presence", listen);
  desk.on("state", listen);

  term.attachCustomKeyEventHandler((event) => {
    if (event.type !== "keydown") return true;
    if (shortcut(desk, event) || desk.handled(event)) {
      event.preventDefault();
      return false;
    }
    // whoever only watches tabs on through the page
    if (event.key === "Tab" && !desk.writing()) return false;
    const pasting = event.shiftKey && ((event.ctrlKey && event.code === "KeyV") || event.key === "Insert");
    return !pasting && !event.metaKey;
  });
  const place = root.querySelector("[data-terminal]");
  place.addEventListener("paste", (event) => take(desk, event), true);
  place.addEventListener("contextmenu", (event) => menu(desk, event), true);
}

function byPerson() {
  const { event } = window;
  return event instanceof UIEvent || event instanceof ClipboardEvent;
}

function shortcut(desk, event) {
  if (event.ctrlKey && event.key === "F6") return leave(desk);
  if (event.ctrlKey && event.shiftKey && event.code === "KeyC") return copy(desk);
  if (event.key === "Enter" && desk.retry?.()) return true;
  if (!desk.writing() && event.key.length === 1 && !event.ctrlKey && !event.altKey && !event.metaKey) desk.emit("dropped", 1);
  return false;
}

function leave(desk) {
  desk.root.querySelector("[data-bar] button:not([disabled]), [data-bar] a")?.focus();
  return true;
}

function copy(desk) {
  const text = desk.term.getSelection();
  if (text) put(desk, text);
  return true;
}

async function put(desk, text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    document.addEventListener("copy", (event) => (event.clipboardData.setData("text/plain", text), event.preventDefault()), { once: true });
    document.execCommand("copy");
  }
  desk.say(desk.text("copied"));
}

function take(desk, event) {
  event.preventDefault();
  event.stopPropagation();
  const text = event.clipboardData.getData("text/plain");
  if (text) desk.paste(text);
}

// Right click pastes where the browser lets a page read the clipboard; with Shift, and for watchers, it opens the browser's own menu.
function menu(desk, event) {
  if (event.shiftKey || !desk.writing() || !navigator.clipboard?.readText) return;
  event.preventDefault();
  event.stopPropagation();
  navigator.clipboard.readText().then(
    (text) => text && desk.paste(text),
    () => desk.say(desk.text("no-clipboard")),
  );
}
