// Several SysRq keys on their way, one after the other with a pause. In: letters, and news of the machine. Out: a panel that shows how far they are, with Cancel.

const KIND = "sysrq";

export function install(desk) {
  const { text } = desk;
  const panel = document.getElementById("sysrq-panel");
  const cells = panel.querySelector("[data-letters]");
  const line = panel.querySelector("[data-progress]");
  let letters = [];
  desk.sequence = null; // the operation that this page watches
  desk.root.querySelector("[data-terminal]").before(panel);

  desk.press = async (chosen, pause) => {
    const { ok, operation } = await desk.order(KIND, { letters: chosen.join(""), pause });
    if (!ok || chosen.length === 1) return;
    letters = chosen;
    desk.sequence = operation.id;
    cells.replaceChildren(...letters.map(cell));
    panel.hidden = false;
    at(0);
  };

  function cell(letter) {
    const made = document.createElement("li");
    made.textContent = letter.toUpperCase();
    return made;
  }

  const pressed = ({ progress }) => Math.round((progress * letters.length) / 100);

  function at(count) {
    [...cells.children].forEach((one, index) => one.toggleAttribute("data-pressed", index < count));
    const said = text("sysrq-at", { count, all: letters.length, next: letters[count]?.toUpperCase() ?? "" });
    if (line.textContent !== said) line.textContent = said;
  }

  function over(one) {
    desk.sequence = null;
    panel.hidden = true;
    if (panel.contains(document.activeElement)) desk.focus();
    if (one?.state === "succeeded") return desk.say(text("sysrq-done", { letters: letters.join("").toUpperCase() }));
    const count = one ? pressed(one) : 0;
    const [sent, rest] = [letters.slice(0, count), letters.slice(count)].map((some) => some.join("").toUpperCase() || "–");
    const dismiss = { label: text("understood"), act: () => desk.banner(null, "machine") };
    const kind = one?.state === "cancelled" ? "off" : "trouble";
    return desk.banner({ id: one?.id ?? "sysrq", kind, sentence: text("sysrq-stopped", { sent, rest }), more: one?.sentence, actions: [dismiss] }, "machine");
  }

  // Beside it another act may go on, which the portal tells of first: then it is not known how far this one is.
  desk.on("machine", (told) => {
    if (!desk.sequence) return;
    const { operation: now, last } = told ?? {};
    if (now?.id === desk.sequence) at(pressed(now));
    else if (last?.id === desk.sequence) over(last);
    else if (!now) over(null);
  });

  panel.querySelector("[data-cancel]").addEventListener("click", () => {
    desk.callOff({ id: desk.sequence });
    desk.focus();
  });
}
