// The wall's tiles as the portal lists them: filters, pins, more, and the same list again every few seconds. In: forms and clicks. Out: tiles come, go and change places.

const AGAIN_MS = 10_000;
const TYPED_MS = 300;
const CALM_MS = 8_000;

// `came` and `went` hear of tiles' elements. A tile that stays keeps its element, so its terminal goes on.
export function install(root, { came, went }) {
  const place = root.querySelector("[data-wall-tiles]");
  const form = root.querySelector("[data-wall-filters]");
  const pins = new Pins(root.dataset.person);
  const grid = () => place.querySelector("[data-grid]");
  const tileOf = (id) => grid()?.querySelector(`:scope > [data-tile="${id}"]`);
  let asked = 0;
  let touched = -CALM_MS;

  const query = () => {
    const chosen = new URLSearchParams([...new FormData(form)].filter(([, value]) => value !== ""));
    return chosen.toString();
  };
  const withPins = (text) => [text, ...pins.ids.map((id) => `pin=${id}`)].filter(Boolean).join("&");

  async function fetched(text) {
    const answer = await fetch(`?${withPins(text)}`, { headers: { "HX-Request": "true" }, cache: "no-store" }).catch(() => null);
    if (!answer?.ok || answer.headers.has("HX-Redirect")) return null;
    const box = document.createElement("template");
    box.innerHTML = await answer.text();
    return box.content;
  }

  // The portal's first page in its order; tiles that were loaded beyond it stay behind it, unless the filters are others.
  async function load({ keep }) {
    const mine = (asked += 1);
    const told = await fetched(query());
    if (told === null || mine !== asked) return;
    const list = told.querySelector("[data-grid]");
    if (!list || !grid()) return whole(told);
    root.querySelector("[data-count]").textContent = told.querySelector("[data-told-count]").content.textContent.trim();
    const ids = new Set([...list.children].map((one) => one.dataset.tile));
    if (!keep) {
      for (const tile of [...grid().children]) if (!ids.has(tile.dataset.tile)) drop(tile);
      place.querySelector("[data-more]").replaceWith(told.querySelector("[data-more]"));
    }
    inPlace([...list.children]);
    mark();
  }

  function whole(told) {
    [...(grid()?.children ?? [])].forEach(went);
    const count = told.querySelector("[data-told-count]").content.textContent.trim();
    place.replaceChildren(...told.childNodes);
    root.querySelector("[data-count]").textContent = count;
    [...(grid()?.children ?? [])].forEach(came);
    mark();
  }

  function inPlace(told) {
    const focused = document.activeElement;
    told.forEach((fresh, at) => {
      const tile = tileOf(fresh.dataset.tile) ?? fresh;
      if (grid().children[at] !== tile) grid().insertBefore(tile, grid().children[at] ?? null);
      if (tile === fresh) came(tile);
    });
    if (focused !== document.activeElement && root.contains(focused)) focused.focus({ preventScroll: true });
  }

  function drop(tile) {
    went(tile);
    tile.remove();
  }

  async function more(link) {
    link.setAttribute("aria-disabled", "true");
    const told = await fetched(link.search.slice(1));
    const list = told?.querySelector("[data-grid]");
    if (!list) return link.removeAttribute("aria-disabled");
    const fresh = [...list.children].filter((one) => !tileOf(one.dataset.tile));
    grid().append(...fresh);
    fresh.forEach(came);
    place.querySelector("[data-more]").replaceWith(told.querySelector("[data-more]"));
    mark();
    return fresh[0]?.querySelector("[data-open]").focus();
  }

  function mark() {
    for (const button of place.querySelectorAll("[data-pin]")) {
      button.setAttribute("aria-pressed", String(pins.has(button.closest("[data-tile]").dataset.tile)));
    }
  }

  function filter() {
    const text = query();
    history.replaceState(null, "", text ? `?${text}` : location.pathname);
    load({ keep: false });
  }

  let typed = 0;
  form.addEventListener("input", () => {
    clearTimeout(typed);
    typed = setTimeout(filter, TYPED_MS);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(typed);
    filter();
  });
  place.addEventListener("click", (event) => {
    const pin = event.target.closest("[data-pin]");
    const link = event.target.closest("[data-more] a");
    if (pin) {
      pins.turn(pin.closest("[data-tile]").dataset.tile);
      mark();
      load({ keep: true });
    }
    if (link) {
      event.preventDefault();
      more(link);
    }
  });
  // Tiles do not move away under a hand.
  for (const name of ["pointermove", "keydown", "wheel", "touchmove"]) {
    document.addEventListener(name, () => (touched = performance.now()), { passive: true });
  }
  setInterval(() => {
    if (!document.hidden && performance.now() - touched > CALM_MS) load({ keep: true });
  }, AGAIN_MS);

  [...(grid()?.children ?? [])].forEach(came);
  mark();
  // what was filled in before this script came, or is filled in by the browser when somebody comes back
  const shown = new URLSearchParams([...new URLSearchParams(location.search)].filter(([name, value]) => value && form.elements[name]));
  if (query() !== shown.toString()) filter();
  else if (pins.ids.length) load({ keep: true });
}

// Kept in this browser, for each person apart.
class Pins {
  constructor(person) {
    this.key = `homeport.wall.${person}`;
    this.ids = (localStorage.getItem(this.key) ?? "").split(" ").filter(Boolean);
  }

  has(id) {
    return this.ids.includes(id);
  }

  turn(id) {
    this.ids = this.has(id) ? this.ids.filter((one) => one !== id) : [...this.ids, id];
    localStorage.setItem(this.key, this.ids.join(" "));
  }
}
