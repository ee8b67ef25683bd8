// Which size the guest believes its terminal has. In: its shell, asked by the writer. Out: rows and columns, 0 where it knows none; null when nothing answers.
//
// The shell puts the cursor on the last cell that it knows of, and back: what it says is seen here, and nothing of it on the screen.

const ASK = " printf '\\033[s\\033[%d;%dH\\033[u' $(stty size 2>/dev/null) 0 0";
const PATIENCE_MS = 3_000;

export function makeProbe(desk) {
  const { parser } = desk.term;
  let step = "";
  let seen = null;
  let answer = null;

  const follows = (before, now, then = () => {}) => (params) => {
    if (answer && step === before) {
      step = now;
      then(params);
    } else step = "";
    return false; // the terminal does as it is told all the same
  };
  parser.registerCsiHandler({ final: "s" }, (params) => {
    step = "";
    return follows("", "saved")(params);
  });
  parser.registerCsiHandler({ final: "H" }, follows("saved", "moved", ([rows = 0, columns = 0]) => (seen = { rows, columns })));
  parser.registerCsiHandler({ final: "u" }, follows("moved", "", () => answer(seen)));

  return function ask() {
    if (answer) return new Promise(() => {}); // whoever asked first is told
    return new Promise((resolve) => {
      const late = setTimeout(() => answer(null), PATIENCE_MS);
      answer = (found) => {
        answer = null;
        clearTimeout(late);
        resolve(found);
      };
      desk.type(`${ASK}\r`);
    });
  };
}

// A guest may ask by itself: it sends the cursor as far as it goes, then asks where that is. The writer's terminal answers.
export function overhear(desk, heard) {
  const { term } = desk;
  term.parser.registerCsiHandler({ final: "n" }, ([what]) => {
    const { cursorX, cursorY } = term.buffer.active;
    const corner = cursorX >= term.cols - 1 && cursorY === term.rows - 1;
    if (what === 6 && corner && desk.writing() && !desk.replaying) heard({ columns: term.cols, rows: term.rows });
    return false;
  });
}
