// One row above the terminal for each thing that needs saying. In: a sentence and what can be done. Out: it is shown and said aloud; the focus stays.
//
// Slots from the top: what the connection does ("state"), who has the keyboard ("keyboard"), a warning ("warning"), a tool's word ("tool").

export function install(desk) {
  const slots = new Map();
  desk.root.querySelectorAll("[data-slot]").forEach((slot) => slots.set(slot.dataset.slot, slot));
  const shape = desk.root.querySelector("template[data-banner]");

  desk.banner = (spec, slot = "tool") => {
    const place = slots.get(slot);
    if (!spec) return place.replaceChildren();
    const [row] = place.children;
    if (row?.dataset.id === specId(spec)) return tell(row, spec);
    const made = shape.content.firstElementChild.cloneNode(true);
    made.dataset.id = specId(spec);
    made.dataset.kind = spec.kind ?? "info";
    tell(made, spec);
    made.querySelector("[data-actions]").append(...(spec.actions ?? []).map((one) => actionOf(desk, one)));
    const held = place.contains(document.activeElement);
    place.replaceChildren(made);
    if (held) desk.focus();
    desk.say(spec.title ? `${spec.title}. ${spec.sentence}` : spec.sentence);
  };
}

// Two specs of one id and the same actions differ only in their words: a countdown does not rebuild the row under a finger.
const specId = (spec) => [spec.id ?? spec.sentence, spec.kind, ...(spec.actions ?? []).map((one) => one.label)].join("|");

function tell(row, spec) {
  row.querySelector("[data-title]").textContent = spec.title ? `${spec.title}.` : "";
  row.querySelector("[data-sentence]").textContent = spec.sentence;
  row.querySelector("[data-more]").textContent = spec.more ?? "";
}

function actionOf(desk, { label, act, url, main }) {
  const made = document.createElement(url ? "a" : "button");
  made.className = main ? "btn btn-sm btn-primary" : "btn btn-sm";
  made.textContent = label;
  if (url) made.href = url;
  else {
    made.type = "button";
    made.addEventListener("click", () => {
      act();
      if (!document.querySelector("dialog[open]")) desk.focus();
    });
  }
  return made;
}
