// What xterm.js 6 does more often than a screen can show it. In: a terminal that was opened, a desk. Out: the same, calmer.
//
// None of it is an option of xterm.js, so this reaches for its inner parts; where one has another name, all works on, only slower.

export function calm(term) {
  calmScrollBar(term);
  calmSelection(term);
}

// The scroll bar moves with every line that is printed, which is most of what a flood costs: once a frame will do.
function calmScrollBar(term) {
  const viewport = term._core?._viewport;
  if (!viewport?._sync) return;
  const sync = viewport._sync.bind(viewport);
  let due = 0;
  viewport._sync = (row) => {
    if (row !== undefined) return sync(row);
    due ||= requestAnimationFrame(() => {
      due = 0;
      sync();
    });
  };
}

// Each frame in which something scrolled draws all rows a second time, for a selection that mostly is none.
function calmSelection(term) {
  const selection = term._core?._selectionService;
  if (!selection?.refresh) return;
  const refresh = selection.refresh.bind(selection);
  let shown = false;
  selection.refresh = (byMouse) => {
    const selected = selection.hasSelection;
    if (selected || shown) refresh(byMouse);
    shown = selected;
  };
}

// History is read first and shown once, as what programs print between the two ends of a synchronized output is. Like that,
// it is shown after a second in any case. The mode is set as a value: between the bytes of a sequence no other may stand.
export function install(desk) {
  const { term } = desk;
  const modes = () => term._core?.coreService?.decPrivateModes ?? {};
  desk.on("history", () => (modes().synchronizedOutput = true));
  desk.on("live", () => {
    if (!modes().synchronizedOutput) return;
    modes().synchronizedOutput = false;
    term.refresh(0, term.rows - 1);
  });
}
