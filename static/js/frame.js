// What every page has: `/` to the search box, copy buttons, toasts, fields that send their form, polls that rest while nobody looks.

const TOAST_MS = 8000;

function typing(target) {
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  const search = document.getElementById("search");
  if (!search) return;
  event.preventDefault();
  search.focus();
  search.select();
});

async function copy(button) {
  const label = button.innerHTML;
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
  } catch {
    return showText(button);
  }
  button.classList.add("copied");
  button.textContent = "✓ " + button.textContent.trim();
  setTimeout(() => {
    button.innerHTML = label;
    button.classList.remove("copied");
  }, 2000);
}

// Without the right to the clipboard (plain http from elsewhere) the text is shown, selected, to be copied by hand.
function showText(button) {
  const box = document.createElement("textarea");
  box.className = "form-control copy-box";
  box.readOnly = true;
  box.value = button.dataset.copy;
  button.after(box);
  box.select();
  box.addEventListener("blur", () => box.remove());
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copy]");
  if (button) copy(button);
  const dismiss = event.target.closest("[data-dismiss-toast]");
  if (dismiss) dismiss.closest(".toast").remove();
});

// Good news leaves by itself, unless the pointer or the focus is on it; trouble stays until it is dismissed.
document.querySelectorAll("[data-toast]").forEach((toast) => {
  if (["error", "warning"].includes(toast.dataset.toast)) return;
  const leave = () => (toast.matches(":hover, :focus-within") ? setTimeout(leave, TOAST_MS) : toast.remove());
  setTimeout(leave, TOAST_MS);
});

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-send-on-change]")) event.target.form.requestSubmit();
});

document.addEventListener("htmx:beforeRequest", (event) => {
  if (document.hidden && event.target.matches("[data-poll]")) event.preventDefault();
});

// What was typed or chosen before htmx had come is asked for as soon as it has: the person was faster, not wrong.
function late(field) {
  if (!field.matches("select")) return field.value !== field.defaultValue;
  return field.value !== "" && [...field.options].some((one) => one.selected !== one.defaultSelected);
}

document.addEventListener("DOMContentLoaded", () => {
  const fields = document.querySelectorAll("[data-filters] select, [data-filters] [type=search], [data-filters] [type=text], [hx-trigger~=late]");
  const asking = new Set([...fields].filter(late).map((field) => field.closest("[data-filters]") ?? field));
  asking.forEach((one) => one.dispatchEvent(new Event("late")));
});

// Filters that are not set stay out of the address.
document.addEventListener("htmx:configRequest", (event) => {
  if (!event.target.closest("[data-filters]")) return;
  const sent = event.detail.parameters;
  Object.keys(sent).filter((name) => sent[name] === "").forEach((name) => delete sent[name]);
});
