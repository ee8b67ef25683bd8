// One entry's story at the side of the list. In: a line that was opened. Out: its story with the focus on it, and the way back to the line.

const story = document.getElementById("story");
let opener = null;
let asked = null; // the line whose story is awaited or shown

function mark(line) {
  document.querySelectorAll(".audit-line[aria-current]").forEach((one) => one.removeAttribute("aria-current"));
  line?.setAttribute("aria-current", "true");
}

function close() {
  asked = null;
  if (!story.firstChild) return;
  story.replaceChildren();
  mark(null);
  opener?.focus();
}

document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.detail.target === story) asked = event.detail.elt;
});

// What was asked for before somebody closed it comes too late.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target === story && event.detail.requestConfig.elt !== asked) event.detail.shouldSwap = false;
});

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.target !== story) return;
  opener = event.detail.requestConfig.elt;
  mark(opener);
  story.scrollTop = 0;
  story.querySelector("[data-story-title]").focus();
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-story-close]")) close();
});

// Up and down go from entry to entry, in the list and while a story is open.
function step(by) {
  const lines = [...document.querySelectorAll(".audit-line")];
  const at = lines.indexOf(story.firstChild ? opener : document.activeElement);
  const next = lines[at + by];
  if (at < 0 || !next) return;
  if (story.firstChild) next.click();
  else next.focus();
  next.scrollIntoView({ block: "nearest" });
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape") return close();
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const here = document.activeElement;
  if (!by || !(here.matches(".audit-line") || here.matches("[data-story-title]"))) return;
  event.preventDefault();
  step(by);
});
