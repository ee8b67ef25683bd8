// Who is on this console, in the header. In: presence from the hub. Out: one line, and a menu with everybody, since when and from where.

export function install(desk) {
  const box = desk.root.querySelector("[data-presence]");
  const line = box.querySelector("[data-who]");
  const list = box.querySelector("[data-people]");
  const shape = box.querySelector("template");
  const acts = {
    take: { can: () => desk.me?.may_write && !desk.writing(), does: () => desk.takeOver() },
    ask: { can: () => desk.me?.may_write && !desk.writing() && desk.writer !== null, does: () => desk.ask() },
    release: { can: () => desk.writing(), does: () => desk.release() },
  };
  for (const [name, { does }] of Object.entries(acts)) {
    box.querySelector(`[data-act="${name}"]`).addEventListener("click", () => {
      does();
      if (!document.querySelector("dialog[open]")) desk.focus();
    });
  }

  desk.on("presence", ({ people, writer }) => {
    box.hidden = people.length === 0;
    const writing = people.find((one) => one.viewer === writer);
    const watching = people.length - (writing ? 1 : 0);
    const name = desk.writing() ? desk.text("you") : writing ? desk.nameOf(writing) : desk.text("nobody");
    line.textContent = desk.text(watching ? "writer-and-watchers" : "writer-is", { name, count: watching });
    list.replaceChildren(...[...people].sort((a, b) => (b.viewer === writer) - (a.viewer === writer) || a.since_ms - b.since_ms).map(row));
    for (const [act, { can }] of Object.entries(acts)) box.querySelector(`[data-act="${act}"]`).hidden = !can();
  });

  function row(one) {
    const made = shape.content.firstElementChild.cloneNode(true);
    const part = (name) => made.querySelector(`[data-${name}]`);
    part("name").textContent = one.viewer === desk.me?.viewer ? desk.text("you") : desk.nameOf(one);
    part("mode").textContent = desk.text(one.held ? "mode-held" : `mode-${one.mode}`);
    part("from").textContent = desk.text("since-from", { time: desk.time(one.since_ms), address: one.address });
    const hand = part("hand");
    hand.hidden = !desk.writing() || !one.may_write || one.viewer === desk.me.viewer;
    hand.setAttribute("aria-label", desk.text("hand-over-to", { name: one.name }));
    hand.addEventListener("click", () => {
      desk.hand(one.viewer);
      desk.focus();
    });
    return made;
  }
}
