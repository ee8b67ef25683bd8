// Search in what the terminal holds. In: words or a pattern. Out: the places where they are, marked and counted.

import { SearchAddon } from "../../../vendor/addon-search.mjs";

// Amber on every ground; the one that is looked at is selected, too.
const MARKS = {
  dark: { matchBackground: "#6b5300", matchOverviewRuler: "#d9a400", activeMatchBackground: "#a34f00", activeMatchBorder: "#ffd9a8", activeMatchColorOverviewRuler: "#ff8c00" },
  light: { matchBackground: "#ffe69c", matchOverviewRuler: "#b38600", activeMatchBackground: "#ffb866", activeMatchBorder: "#7a3b00", activeMatchColorOverviewRuler: "#c25700" },
};

export function install(desk) {
  const bar = document.getElementById("find-bar");
  const button = document.getElementById("find-button");
  const { query, pattern, exact } = bar.elements;
  const count = bar.querySelector("[data-count]");
  const search = new SearchAddon({ highlightLimit: 1000 });
  desk.term.loadAddon(search);
  desk.root.querySelector("[data-terminal]").before(bar);

  const marks = () => (/^#[89a-f]/i.test(desk.term.options.theme.background) ? MARKS.light : MARKS.dark);
  const options = () => ({ regex: pattern.checked, caseSensitive: exact.checked, decorations: marks() });

  function look(back) {
    const valid = !pattern.checked || isPattern(query.value);
    query.setAttribute("aria-invalid", String(!valid));
    if (!valid) return tell("find-pattern");
    if (!query.value) return clear();
    const found = back ? search.findPrevious(query.value, options()) : search.findNext(query.value, options());
    return found || tell("find-none");
  }

  function clear() {
    search.clearDecorations();
    count.textContent = "";
  }

  function tell(key, values) {
    count.textContent = desk.text(key, values);
  }

  search.onDidChangeResults(({ resultIndex, resultCount }) => {
    if (!query.value) return;
    if (!resultCount) return tell("find-none");
    tell(resultIndex < 0 ? "find-many" : "find-count", { at: resultIndex + 1, count: resultCount });
  });

  function open() {
    bar.hidden = false;
    button.setAttribute("aria-expanded", "true");
    const selected = desk.term.getSelection();
    if (selected && !selected.includes("\n")) query.value = selected;
    query.select();
    query.focus();
    if (query.value) look(true);
  }

  function close() {
    bar.hidden = true;
    button.setAttribute("aria-expanded", "false");
    clear();
    desk.term.clearSelection();
    desk.focus();
  }

  button.addEventListener("click", () => (bar.hidden ? open() : close()));
  bar.addEventListener("submit", (event) => {
    event.preventDefault();
    look(event.submitter?.value !== "next");
  });
  bar.addEventListener("input", (event) => {
    // The add-on takes a word that it has already marked for done, even when it is to be found another way.
    if (event.target !== query) search.clearDecorations();
    // Each letter looks from the end again: what was printed last is what people look for.
    desk.term.clearSelection();
    look(true);
  });
  bar.querySelector("[data-close]").addEventListener("click", close);
  bar.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
    else if (event.key === "Enter" && event.target === query) look(!event.shiftKey);
    else return;
    event.preventDefault();
  });

  const wanted = (event) => event.ctrlKey && event.shiftKey && event.code === "KeyF";
  desk.onKey((event) => wanted(event) && (open(), true));
  desk.root.addEventListener("keydown", (event) => {
    if (!wanted(event) || event.defaultPrevented) return;
    event.preventDefault();
    open();
  });
}

function isPattern(text) {
  try {
    return Boolean(new RegExp(text));
  } catch {
    return false;
  }
}
