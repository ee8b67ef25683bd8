// Paste: by key, by menu or from a box. In: a text. Out: bytes for the line, paced; what the person should know first is asked.

import { MOST, described, prepared } from "./cleaning.js";
import { Pasting } from "./pasting.js";

export function install(desk) {
  const ask = document.getElementById("paste-confirm");
  const box = document.getElementById("paste-box");
  const panel = document.getElementById("paste-panel");
  desk.root.querySelector("[data-terminal]").before(panel);
  let running = null;
  // Of this attach: what the page sent, and what the line took. What was dropped on the way will never be taken.
  let typed = 0;
  let taken = 0;
  let wrote = false;

  function note(sentence) {
    const actions = [{ label: desk.text("paste-close"), act: () => desk.banner(null) }];
    desk.banner({ id: "paste", sentence, actions });
  }

  desk.paste = async (text) => {
    if (!text) return;
    if (!desk.writing()) return note(desk.text("paste-watching"));
    if (running) return note(desk.text("paste-busy"));
    const about = described(text);
    if (about.bytes > MOST) return note(desk.text("paste-large", { size: kib(about.bytes) }));
    const careful = about.lines > 1 || about.endsWithEnter || about.controls > 0;
    const choice = careful ? await confirmed(about) : {};
    desk.focus();
    if (!choice) return;
    if (!desk.writing()) return note(desk.text("paste-watching"));
    start(text, choice);
  };

  function start(text, choice) {
    const bracketed = desk.term.modes.bracketedPasteMode;
    const bytes = prepared(text, { ...choice, bracketed });
    if (bytes.length === 0) return;
    desk.banner(null);
    running = new Pasting(desk, bytes, { bracketed, panel, base: typed, ended });
    running.pump();
  }

  function ended(sentence, complete) {
    const held = panel.contains(document.activeElement);
    running = null;
    panel.hidden = true;
    if (complete) {
      desk.banner(null);
      desk.say(sentence);
    } else note(sentence);
    if (held) desk.focus();
  }

  function confirmed(about) {
    ask.querySelector("[data-count]").textContent = desk.text("paste-count", {
      lines: number(about.lines), characters: number(about.characters),
    });
    const pre = ask.querySelector("pre");
    pre.textContent = about.first.join("\n") + (about.more ? "\n" + desk.text("paste-more", { lines: number(about.more) }) : "");
    show(ask.querySelector("[data-last-enter]"), about.endsWithEnter);
    show(ask.querySelector("[data-no-last-enter]"), !about.endsWithEnter);
    show(ask.querySelector("[data-controls]"), about.controls > 0);
    ask.querySelector("[data-controls-found]").textContent = desk.text("paste-controls", { count: number(about.controls) });
    ask.querySelector("form").reset();
    ask.returnValue = "";
    ask.showModal();
    return new Promise((resolve) => ask.addEventListener("close", () => resolve(chosen()), { once: true }));
  }

  function chosen() {
    if (ask.returnValue !== "send") return null;
    const form = ask.querySelector("form");
    return { keepControls: form.elements.controls.checked, dropLastEnter: form.elements.last.checked };
  }

  box.addEventListener("close", () => {
    const text = box.querySelector("textarea").value;
    box.querySelector("textarea").value = "";
    if (box.returnValue === "send") desk.paste(text);
    else desk.focus();
  });

  document.getElementById("paste-button").addEventListener("click", async () => {
    let text;
    try {
      text = await navigator.clipboard.readText();
    } catch {
      // Plain http, or the person said no: the browser's own paste into a box still works.
      box.returnValue = "";
      return box.showModal();
    }
    if (!text) note(desk.text("paste-empty"));
    return desk.paste(text);
  });

  panel.querySelector("[data-cancel]").addEventListener("click", () => running?.cancel());

  // Keys typed into the middle of a paste would land in the middle of its text. Ctrl-C ends it and reaches the guest.
  desk.onKey((event) => {
    if (!running || event.metaKey || event.altKey || (event.ctrlKey && event.shiftKey)) return false;
    const stop = event.ctrlKey && event.key.toLowerCase() === "c";
    if (stop || event.key === "Escape") running.cancel();
    return !stop;
  });

  desk.on("typed", (count) => (typed += count));
  desk.on("taken", (total) => {
    taken = total;
    running?.took(total);
  });
  desk.on("output", ({ bytes }) => running?.printed(bytes.length));
  addEventListener("beforeunload", (event) => running && event.preventDefault());
  desk.on("presence", () => {
    if (desk.writing() && !wrote) typed = taken;
    wrote = desk.writing();
    running?.look();
  });
  desk.on("line", ({ state }) => {
    if (state !== "up") return running?.pause("paste-line");
    if (!running) typed = taken;
    return running?.again(typed);
  });
  desk.on("attached", ({ accepted }) => {
    typed = 0;
    taken = 0;
    running?.again(0, accepted);
  });
}

function show(element, shown) {
  element.hidden = !shown;
}

function number(value) {
  return value.toLocaleString(document.documentElement.lang);
}

function kib(bytes) {
  return number(Math.ceil(bytes / 1024));
}
