// Toasts made by scripts. In: a sentence and its level. Out: a toast like those that pages bring along.

const LEAVES_MS = 8000;

export function toast(level) {
  const made = document.querySelector(`template[data-toast-of="${level}"]`).content.firstElementChild.cloneNode(true);
  document.getElementById("toasts").append(made);
  return made;
}

export function say(text, level = "error") {
  const made = toast(level);
  made.querySelector("[data-toast-words]").textContent = text;
  if (level !== "error") leaves(made);
}

// Good news leaves by itself, unless the pointer or the focus is on it.
export function leaves(made) {
  const leave = () => (made.matches(":hover, :focus-within") ? setTimeout(leave, LEAVES_MS) : made.remove());
  setTimeout(leave, LEAVES_MS);
}
