// Where in the terminal an offset of the log is. In: how far output is drawn. Out: `desk.lookBack(offset)` shows what was printed there; so does "?at=" in the address.

const STEP = 1024;
const MOST = 4096;
const ABOVE = 3; // rows shown before it
const OFFSET = /^\d{1,15}$/;

export function install(desk) {
  const { term, text } = desk;
  const asked = new URLSearchParams(location.search).get("at") ?? "";
  let places = []; // { offset, line }, with lines counted from the first that was ever printed here
  let anchor = null; // a marker on the newest of them: it tells how many lines have left the scrollback
  let gone = 0;
  let shown = null;
  // History is drawn in pieces that end here, so that these are found to the line.
  desk.cuts = new Set([asked, desk.root.dataset.troubleAt].filter((one) => OFFSET.test(one)).map(Number));

  function measure() {
    if (!anchor) return;
    if (anchor.isDisposed) [places, gone] = [[], 0];
    else gone = places.at(-1).line - anchor.line;
  }

  desk.placed = (offset) => {
    const { active } = term.buffer;
    const near = offset - (places.at(-1)?.offset ?? -STEP) < STEP;
    if (active.type !== "normal" || (near && !desk.cuts.has(offset))) return;
    measure();
    anchor?.dispose();
    anchor = term.registerMarker(0);
    places.push({ offset, line: gone + active.baseY + active.cursorY });
    if (places.length > MOST) places = places.slice(MOST / 2);
  };

  desk.lookBack = (offset) => {
    measure();
    const place = places.findLast((one) => one.offset <= offset);
    const line = place ? place.line - gone : -1;
    if (line < 0) return desk.banner({ id: "at", sentence: text("too-far-back"), actions: [{ label: text("understood"), act: () => desk.banner(null) }] });
    term.scrollToLine(Math.max(0, line - ABOVE));
    return mark(line);
  };

  // A thin edge at the line, until another one is looked for.
  function mark(line) {
    shown?.dispose();
    const { active } = term.buffer;
    shown = term.registerMarker(line - active.baseY - active.cursorY);
    if (shown) term.registerDecoration({ marker: shown, width: 1, backgroundColor: "#c92a2a" });
  }

  if (!OFFSET.test(asked)) return;
  let done = false;
  desk.on("live", () => {
    if (!done) requestAnimationFrame(() => desk.lookBack(Number(asked)));
    done = true;
  });
}
