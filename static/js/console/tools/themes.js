// Colours of the terminal by name. Every one keeps text readable on its ground: `contrast` is the least ratio that xterm.js lets pass.

import { DARK } from "../terminal.js";

const LIGHT = {
  background: "#ffffff", foreground: "#1f272e", cursor: "#0b7285", cursorAccent: "#ffffff", selectionBackground: "#b9e0e8",
  black: "#1f272e", red: "#b3262a", green: "#23713a", yellow: "#7a5900", blue: "#1f56b8", magenta: "#8a2ba0", cyan: "#0b6a7c", white: "#69737d",
  brightBlack: "#59636d", brightRed: "#c92a2a", brightGreen: "#2b8a3e", brightYellow: "#8a6100", brightBlue: "#2565d0", brightMagenta: "#9c36b5", brightCyan: "#0c8599", brightWhite: "#343e47",
};

const CONTRAST = {
  background: "#000000", foreground: "#ffffff", cursor: "#ffff00", cursorAccent: "#000000", selectionBackground: "#ffff00", selectionForeground: "#000000",
  black: "#000000", red: "#ff8080", green: "#80ff80", yellow: "#ffff60", blue: "#a0c0ff", magenta: "#ffa0ff", cyan: "#80ffff", white: "#ffffff",
  brightBlack: "#c0c0c0", brightRed: "#ffa0a0", brightGreen: "#a0ffa0", brightYellow: "#ffffa0", brightBlue: "#c0d8ff", brightMagenta: "#ffc0ff", brightCyan: "#b0ffff", brightWhite: "#ffffff",
};

const GREEN = {
  ...Object.fromEntries(["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"].map((name, at) => [name, shade(at * 8)])),
  ...Object.fromEntries(["Black", "Red", "Green", "Yellow", "Blue", "Magenta", "Cyan", "White"].map((name, at) => [`bright${name}`, shade(64 + at * 8)])),
  background: "#04140a", foreground: "#5ee08a", cursor: "#a6ffc4", cursorAccent: "#04140a", selectionBackground: "#1d5c37",
};

const THEMES = {
  light: { colours: LIGHT, contrast: 4.5 },
  dark: { colours: DARK, contrast: 4.5 },
  contrast: { colours: CONTRAST, contrast: 7 },
  green: { colours: GREEN, contrast: 4.5 },
};

function shade(step) {
  const part = (from, to) => Math.round(from + ((to - from) * step) / 120).toString(16).padStart(2, "0");
  return `#${part(45, 190)}${part(160, 255)}${part(90, 215)}`;
}

// "system" is what the rest of the page is: light or dark.
export function themed(name) {
  const page = document.documentElement.dataset.bsTheme === "light" ? "light" : "dark";
  const { colours, contrast } = THEMES[name] ?? THEMES[page];
  return { theme: colours, minimumContrastRatio: contrast };
}
