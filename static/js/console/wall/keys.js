// The wall by keyboard: arrows walk from tile to tile, Enter follows the link, p pins, f fills the screen. One tile is in the way of Tab, not all of them.

export function install(root) {
  const tiles = () => [...root.querySelectorAll("[data-tile]")];
  const full = root.querySelector("[data-full]");
  let current = null;
  let awake = null;

  function walk(tile) {
    for (const part of current?.querySelectorAll("a, button") ?? []) part.tabIndex = -1;
    for (const part of tile.querySelectorAll("a, button")) part.tabIndex = 0;
    current = tile;
  }

  function columns(all) {
    const { top } = all[0].getBoundingClientRect();
    return all.filter((tile) => Math.abs(tile.getBoundingClientRect().top - top) < 2).length;
  }

  function step(from, key) {
    const all = tiles();
    const at = all.indexOf(from);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, ArrowDown: at + columns(all), ArrowUp: at - columns(all), Home: 0, End: all.length - 1 }[key];
    return to === undefined ? null : (all[to] ?? from);
  }

  root.addEventListener("focusin", ({ target }) => {
    const tile = target.closest("[data-tile]");
    if (tile && tile !== current) walk(tile);
  });
  root.addEventListener("keydown", (event) => {
    const tile = event.target.closest("[data-tile]");
    if (!tile || event.ctrlKey || event.altKey || event.metaKey) return;
    const next = step(tile, event.key);
    if (event.key === "p") tile.querySelector("[data-pin]").click();
    if (!next) return;
    event.preventDefault();
    next.querySelector("[data-open]").focus();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && filled()) fill(false);
    if (filled() && event.target === document.body && event.key.startsWith("Arrow")) (current ?? tiles()[0])?.querySelector("[data-open]").focus();
    if (event.key !== "f" || event.ctrlKey || event.altKey || event.metaKey || event.target.matches("input, select, textarea")) return;
    fill(!filled());
  });

  const filled = () => document.body.classList.contains("wall-full");

  // Without the portal around it also where the browser refuses the whole screen.
  async function fill(on) {
    document.body.classList.toggle("wall-full", on);
    full.setAttribute("aria-pressed", String(on));
    if (!on) {
      awake?.release();
      if (document.fullscreenElement) await document.exitFullscreen();
      return;
    }
    await document.documentElement.requestFullscreen?.().catch(() => {});
    awake = await navigator.wakeLock?.request("screen").catch(() => null);
  }

  full.addEventListener("click", () => fill(!filled()));
  document.addEventListener("fullscreenchange", () => document.fullscreenElement || (filled() && fill(false)));

  return {
    // Of many tiles one is for Tab: the first, until somebody has walked on.
    came(tile) {
      for (const part of tile.querySelectorAll("a, button")) part.tabIndex = -1;
      if (!current?.isConnected) walk(tile);
    },
  };
}
