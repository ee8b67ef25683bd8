// The list under the search box: arrow keys walk it, Enter opens the marked entry or else the full page, Escape closes it.

const box = document.getElementById("search");
const list = document.getElementById("search-results");

function options() {
  return [...list.querySelectorAll("[role=option]")];
}

function mark(next) {
  options().forEach((option) => option.setAttribute("aria-selected", String(option === next)));
  if (next) {
    box.setAttribute("aria-activedescendant", next.id);
    next.scrollIntoView({ block: "nearest" });
  } else {
    box.removeAttribute("aria-activedescendant");
  }
}

function show(open) {
  list.classList.toggle("open", open);
  box.setAttribute("aria-expanded", String(open));
  if (!open) mark(null);
}

function step(by) {
  const all = options();
  if (!all.length) return;
  const at = all.findIndex((option) => option.getAttribute("aria-selected") === "true");
  mark(all[at < 0 ? (by > 0 ? 0 : all.length - 1) : (at + by + all.length) % all.length]);
}

function onKey(event) {
  const marked = list.querySelector('[aria-selected="true"]');
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    show(true);
    step(event.key === "ArrowDown" ? 1 : -1);
  } else if (event.key === "Enter" && marked) {
    event.preventDefault();
    location.assign(marked.href);
  } else if (event.key === "Escape") {
    show(false);
  }
}

if (box) {
  box.addEventListener("keydown", onKey);
  box.addEventListener("input", () => {
    if (!box.value.trim()) show(false);
  });
  list.addEventListener("htmx:afterSwap", () => show(box.value.trim() !== "" && document.activeElement === box));
  document.addEventListener("focusin", (event) => {
    if (!event.target.closest(".search")) show(false);
  });
  document.addEventListener("click", (event) => {
    if (!event.target.closest(".search")) show(false);
  });
}
