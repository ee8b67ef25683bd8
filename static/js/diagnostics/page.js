// The log on the boot diagnostics page. In: the page. Out: a log that follows, is searched, and jumps to a place or a time.

import { bytesShown, sentence } from "../console/words.js";
import { Find } from "./find.js";
import { Reader } from "./reader.js";
import { moment } from "./row.js";
import { Source } from "./source.js";
import { Stretch } from "./stretch.js";
import { View } from "./view.js";
import { jumping } from "./when.js";

const WRAPPED = "homeport.log.wrapped";

const root = document.querySelector("[data-log]");
if (root) open(root);

function open(root) {
  const part = (name) => root.querySelector(`[data-${name}]`);
  const [box, place, status, trouble, follow, empty] = ["box", "place", "status", "problem", "follow", "empty"].map(part);
  const source = new Source(root.dataset.log, root.dataset.port);
  const stretch = new Stretch();
  const view = new View(box, { stretch, sessions: "sessions" in root.dataset, onSight: sight, wrapped: localStorage.getItem(WRAPPED) === "1" });
  const reader = new Reader({ source, stretch, view, onNews: news, onRefused: refused });
  const near = jumping(root, { reader, view });
  let dragging = false;

  function sight(row, last) {
    follow.setAttribute("aria-pressed", String(view.following));
    empty.hidden = stretch.rows.length > 0;
    if (row) {
      const shown = placeOf(row, view.following ? null : last, stretch);
      status.textContent = [moment(row.ms ?? null), shown].filter(Boolean).join(" · ");
      near(row.ms);
      if (!dragging) showPlace(row);
    }
    reader.fill();
  }

  function showPlace(row) {
    Object.assign(place, { min: stretch.first, max: Math.max(stretch.end, stretch.first + 1) });
    place.value = view.following ? stretch.end : row.offset;
    place.setAttribute("aria-valuetext", status.textContent);
  }

  function news(told, problem) {
    const wrong = told ? (told.away ? sentence("log-away") : "") : problem || sentence("log-silent");
    trouble.textContent = wrong;
  }

  function refused(code, problem) {
    trouble.textContent = problem || sentence(code === 401 ? "log-signed-out" : "log-refused");
  }

  place.addEventListener("input", () => (dragging = true));
  place.addEventListener("change", () => {
    dragging = false;
    reader.to(Number(place.value));
  });
  follow.addEventListener("click", () => {
    part("jumped").textContent = "";
    reader.toEnd();
  });
  wrapping(part("wrap"), view);
  box.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Home") reader.to(stretch.first);
    else if (event.key === "End") reader.toEnd();
    else return;
    event.preventDefault();
  });
  raw(root, (on) => {
    source.raw = on;
    reader.again();
  });
  finding(root, { source, view, reader, stretch });
  const at = Number(new URLSearchParams(location.search).get("at"));
  (at > 0 ? reader.to(at) : Promise.resolve()).then(() => reader.start());
}

function placeOf(row, last, { first, end }) {
  const all = bytesShown(end - first);
  if (!last) return sentence("log-end", { count: bytesShown(end - row.offset), all });
  const [from, to] = [row.offset, Math.max(last.end ?? last.offset, row.offset)].map((at) => bytesShown(at - first));
  return sentence("log-place", { from, to, all });
}

// Kept in this browser.
function wrapping(button, view) {
  const show = () => button.setAttribute("aria-pressed", String(view.wrapped));
  button.addEventListener("click", () => {
    view.wrap(!view.wrapped);
    localStorage.setItem(WRAPPED, view.wrapped ? "1" : "0");
    show();
  });
  show();
}

function raw(root, onChange) {
  const dialog = document.getElementById("raw-dialog");
  const [button, back] = [root.querySelector("[data-raw]"), root.querySelector("[data-plain]")];
  const show = (on) => {
    back.hidden = !on;
    button.hidden = on;
    (on ? back : button).focus();
    onChange(on);
  };
  button.addEventListener("click", () => dialog.showModal());
  back.addEventListener("click", () => show(false));
  dialog.addEventListener("close", () => dialog.returnValue === "show" && show(true));
}

function finding(root, { source, view, reader, stretch }) {
  const form = root.querySelector("[data-find]");
  const { words } = form.elements;
  const count = root.querySelector("[data-count]");
  const find = new Find(source, { onFound: found });

  function found(moved) {
    view.current = find.current;
    const values = { at: find.at + 1, count: find.hits.length + (find.many ? "+" : "") };
    const key = find.hits.length ? "find-count" : find.done ? "find-none" : "find-going";
    const stopped = find.problem === null ? "" : find.problem || sentence("find-stopped");
    const soFar = stopped && !find.hits.length ? "" : sentence(key, values);
    count.textContent = find.words ? [soFar, stopped].filter(Boolean).join(" · ") : "";
    if (moved && find.current) reader.to(find.current.offset, { middle: true });
    else view.draw();
  }

  function look() {
    view.words = words.value;
    find.look(words.value, stretch.rows[view.top]?.offset ?? 0);
    found(false);
  }

  function go(back) {
    if (words.value !== find.words) look();
    else find.step(back ? -1 : 1);
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    go(event.submitter?.value === "previous");
  });
  words.addEventListener("keydown", (event) => {
    if (event.key === "Enter") {
      event.preventDefault();
      go(event.shiftKey);
    }
    if (event.key === "Escape") {
      words.value = "";
      look();
    }
  });
}
