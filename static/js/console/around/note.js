// What to know before typing, once per machine and browser. It stays reachable in the help.

export function install(desk) {
  const note = desk.root.querySelector("[data-note]");
  if (!note) return;
  const key = `homeport.noted.${desk.root.dataset.path.replace(/window\/$/, "")}`;
  note.hidden = localStorage.getItem(key) !== null;
  note.querySelector("[data-dismiss]").addEventListener("click", () => {
    localStorage.setItem(key, "1");
    note.hidden = true;
    desk.focus();
  });
}
