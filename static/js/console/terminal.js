// The terminal itself: xterm.js, fitted to its place. What the guest prints is hostile: it reaches no clipboard, no title, no link.

import { FitAddon } from "../../vendor/addon-fit.mjs";
import { Unicode11Addon } from "../../vendor/addon-unicode11.mjs";
import { Terminal } from "../../vendor/xterm.mjs";
import { calm } from "./calm.js";
import { wholeCharacters } from "./characters.js";

// Title, icon, working directory, hyperlink, progress, clipboard and makers' own commands: all swallowed.
const SWALLOWED = [0, 1, 2, 7, 8, 9, 22, 52, 99, 133, 633, 777, 1337];

export const DARK = {
  background: "#10151a", foreground: "#d8dee4", cursor: "#8bd5e4", cursorAccent: "#10151a", selectionBackground: "#2f5d6b",
  black: "#2b333b", red: "#f2777a", green: "#7fc97f", yellow: "#e5c07b", blue: "#79a8ff", magenta: "#cf9bf0", cyan: "#5cc8dc", white: "#d8dee4",
  brightBlack: "#8a949e", brightRed: "#ff9a9c", brightGreen: "#a3e0a3", brightYellow: "#ffe19c", brightBlue: "#a6c6ff", brightMagenta: "#e3bfff", brightCyan: "#92e3f0", brightWhite: "#ffffff",
};

export function makeTerminal(place) {
  stylesByPolicy();
  const term = guardedTerminal(place, { fontSize: 14, macOptionIsMeta: true, scrollback: 20_000, theme: DARK });
  const fit = new FitAddon();
  term.loadAddon(fit);
  term.open(place);
  calm(term);
  fitting(place, fit);
  drawing(term);
  return term;
}

// Deaf to the keyboard until somebody lets it listen, and to all that a guest has no business with. Not opened yet.
export function guardedTerminal(place, options) {
  const term = new Terminal({
    allowProposedApi: true,
    cursorBlink: false,
    disableStdin: true,
    drawBoldTextInBrightColors: false,
    logLevel: "off", // or each sequence that is none is an error in the browser's log
    fontFamily: getComputedStyle(place).getPropertyValue("--tblr-font-monospace"),
    lineHeight: 1.1, // at 1, DejaVu Sans Mono loses its underscores: they lie below the row
    windowOptions: {},
    ...options,
  });
  for (const code of SWALLOWED) term.parser.registerOscHandler(code, () => true);
  term.loadAddon(new Unicode11Addon());
  term.unicode.activeVersion = "11";
  writingWhole(term);
  return term;
}

function writingWhole(term) {
  const whole = wholeCharacters();
  const write = term.write.bind(term);
  term.write = (data, then) => write(typeof data === "string" ? data : whole(data), then);
}

function fitting(place, fit) {
  let due = 0;
  const again = () => {
    cancelAnimationFrame(due);
    due = requestAnimationFrame(() => place.clientWidth && fit.fit());
  };
  new ResizeObserver(again).observe(place);
  document.fonts.ready.then(again);
  place.addEventListener("refit", again);
  fit.fit();
}

// WebGL where a graphics card does it; the DOM draws where there is none, or where it has let go.
async function drawing(term) {
  if (!hasCard()) return;
  const { WebglAddon } = await import("../../vendor/addon-webgl.mjs");
  const webgl = new WebglAddon();
  webgl.onContextLoss(() => webgl.dispose());
  try {
    term.loadAddon(webgl);
  } catch (trouble) {
    console.info("drawn without WebGL:", trouble.message);
  }
}

// A processor that pretends to be a graphics card is slower than the DOM.
function hasCard() {
  const gl = document.createElement("canvas").getContext("webgl2", { failIfMajorPerformanceCaveat: true });
  const named = gl?.getExtension("WEBGL_debug_renderer_info");
  const software = !gl || (named && /swiftshader|llvmpipe|softpipe|software|basic render/i.test(gl.getParameter(named.UNMASKED_RENDERER_WEBGL)));
  gl?.getExtension("WEBGL_lose_context")?.loseContext();
  return !software;
}

// xterm.js writes its colours into style elements and style attributes, which the page's policy forbids: the elements get the
// page's nonce, the attributes are set through the object model.
function stylesByPolicy() {
  const { nonce } = document.querySelector("link[nonce]");
  const create = document.createElement.bind(document);
  document.createElement = (name, options) => {
    const element = create(name, options);
    if (element instanceof HTMLStyleElement) element.nonce = nonce;
    return element;
  };
  const set = Element.prototype.setAttribute;
  HTMLSpanElement.prototype.setAttribute = function setAttribute(name, value) {
    if (name === "style") this.style.cssText = value;
    else set.call(this, name, value);
  };
}
