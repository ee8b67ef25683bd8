// What was printed before the attach lies under a veil that ends in a thin line with the time of the attach.

export function install(desk) {
  const { term } = desk;
  const veil = desk.root.querySelector("[data-veil]");
  const label = veil.querySelector("[data-veil-time]");
  let marker = null;

  function place() {
    if (!marker) return;
    const buffer = term.buffer.active;
    const rows = !marker.isDisposed && buffer.type === "normal" ? marker.line - buffer.viewportY : 0;
    veil.hidden = rows <= 0;
    if (veil.hidden) return;
    const screen = term.element.querySelector(".xterm-screen");
    veil.style.height = `${(Math.min(rows, term.rows) * screen.clientHeight) / term.rows}px`;
    label.hidden = rows > term.rows;
  }

  // Text below the cursor: a boot menu or an editor, which is all of the present and not to be cut in two.
  function fillsScreen() {
    const { active } = term.buffer;
    for (let row = active.cursorY + 1; row < term.rows; row += 1) {
      if (active.getLine(active.baseY + row)?.translateToString(true).trim()) return true;
    }
    return false;
  }

  desk.on("looks", () => veil.style.setProperty("--veil-line", term.options.theme.cursor));
  desk.on("live", () => {
    if (marker) return;
    marker = term.registerMarker(fillsScreen() ? -term.buffer.active.cursorY : 0);
    label.textContent = desk.text("attached-at", { time: desk.time(desk.me.now_ms) });
    place();
  });
  term.onRender(place);
  term.onScroll(place);
  term.onResize(place);
}
