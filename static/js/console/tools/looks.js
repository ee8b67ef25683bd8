// How the terminal looks to this person: size, family, colours, screen reader mode. In: the form that the server filled. Out: applied at once, remembered soon.

import { themed } from "./themes.js";

const SAVED_AFTER = 600;
const REST = "ui-monospace, monospace";

export function install(desk) {
  const form = document.getElementById("looks");
  const { size, family, theme, screen_reader: reader } = form.elements;
  const standard = desk.term.options.fontFamily;
  const least = Number(size.min);
  const most = Number(size.max);
  const usual = Number(form.dataset.size);
  let due = 0;

  [...family.options].forEach((option) => (option.hidden = option.disabled = option.value !== "" && !isThere(option.value)));
  if (family.selectedOptions[0]?.disabled) family.value = "";

  function apply() {
    Object.assign(desk.term.options, {
      fontSize: Number(size.value),
      fontFamily: family.value ? `"${family.value}", ${REST}` : standard,
      screenReaderMode: reader.checked,
      ...themed(theme.value),
    });
    desk.root.style.setProperty("--terminal-ground", desk.term.options.theme.background);
    desk.term.element.parentElement.dispatchEvent(new Event("refit"));
    desk.emit("looks", { size: Number(size.value), family: family.value, theme: theme.value, reader: reader.checked });
  }

  function sized(to) {
    size.value = Math.min(most, Math.max(least, Math.round(to) || usual));
    changed();
    desk.say(desk.text("font-size", { size: size.value }));
  }

  function changed() {
    apply();
    clearTimeout(due);
    due = setTimeout(save, SAVED_AFTER);
  }

  async function save() {
    const answer = await fetch(form.action, { method: "POST", headers: token(), body: new FormData(form), keepalive: true }).catch(() => null);
    if (!answer?.ok || answer.redirected) desk.say(desk.text("looks-unsaved"));
  }

  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("change", () => sized(size.value));
  form.addEventListener("click", (event) => {
    const step = event.target.closest("[data-step]")?.dataset.step;
    if (step) sized(step === "0" ? usual : Number(size.value) + Number(step));
  });
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target === size) event.preventDefault();
  });

  const steps = { Equal: 1, NumpadAdd: 1, Minus: -1, NumpadSubtract: -1, Digit0: 0, Numpad0: 0 };
  desk.onKey((event) => {
    if (!event.ctrlKey || !event.shiftKey || !(event.code in steps)) return false;
    const step = steps[event.code];
    sized(step ? Number(size.value) + step : usual);
    return true;
  });

  new MutationObserver(apply).observe(document.documentElement, { attributeFilter: ["data-bs-theme"] });
  apply();
}

function token() {
  return JSON.parse(document.body.getAttribute("hx-headers"));
}

// A family that the device lacks looks like the one it falls back to, whichever that is.
function isThere(family) {
  const context = document.createElement("canvas").getContext("2d");
  const width = (names) => {
    context.font = `40px ${names}`;
    return context.measureText("mil0OWQ@#").width;
  };
  return ["serif", "sans-serif", "monospace"].some((rest) => width(`"${family}", ${rest}`) !== width(rest));
}
