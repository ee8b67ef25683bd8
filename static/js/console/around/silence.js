// The guest says nothing. In: Enter of the writer, and output. Out: after ten seconds of silence, help for this guest beside the terminal.

const PATIENCE = 10_000;

export function install(desk) {
  const panel = document.getElementById("silence");
  let due = 0;
  desk.root.querySelector("[data-terminal]").before(panel);

  function heard() {
    clearTimeout(due);
    if (panel.hidden) return;
    const held = panel.contains(document.activeElement);
    panel.hidden = true;
    if (held) desk.focus();
  }

  function offer() {
    if (!desk.writing() || desk.state !== "up" || desk.lineDown) return;
    panel.hidden = false;
    desk.say(desk.text("silent"));
  }

  desk.term.onData((text) => {
    if (!text.includes("\r") || !desk.writing() || !panel.hidden) return;
    clearTimeout(due);
    due = setTimeout(offer, PATIENCE);
  });
  ["output", "state"].forEach((name) => desk.on(name, heard));
  desk.on("presence", () => desk.writing() || heard());

  panel.querySelector("[data-close]").addEventListener("click", () => {
    panel.hidden = true;
    desk.focus();
  });
  panel.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    panel.hidden = true;
    desk.focus();
  });
}
