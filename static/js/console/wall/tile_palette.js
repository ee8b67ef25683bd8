// Which colours a cell has. In: a cell of xterm.js and a theme. Out: two colours that can be told apart.

const NAMES = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"];
const NAMED = [...NAMES, ...NAMES.map((name) => `bright${name[0].toUpperCase()}${name.slice(1)}`)];
const STEPS = [0, 95, 135, 175, 215, 255];
const LEAST = 2.5; // contrast

export class Palette {
  constructor(theme) {
    this.theme = theme;
    this.ground = theme.background;
    this.pairs = new Map();
  }

  of(cell, cursor) {
    let fg = this.#colour(cell.isFgDefault(), cell.isFgRGB(), cell.getFgColor(), this.theme.foreground);
    let bg = this.#colour(cell.isBgDefault(), cell.isBgRGB(), cell.getBgColor(), this.ground);
    if (cell.isInverse()) [fg, bg] = [bg, fg];
    if (cursor) [fg, bg] = [this.theme.cursorAccent, this.theme.cursor];
    const key = fg + bg;
    if (!this.pairs.has(key)) this.pairs.set(key, { fg: contrast(fg, bg) < LEAST ? readable(bg) : fg, bg });
    return this.pairs.get(key);
  }

  #colour(usual, direct, value, otherwise) {
    if (usual) return otherwise;
    if (direct) return hex(value);
    return value < 16 ? this.theme[NAMED[value]] : indexed(value);
  }
}

const hex = (value) => `#${value.toString(16).padStart(6, "0")}`;
const rgb = (red, green, blue) => hex((red << 16) | (green << 8) | blue);

// The 256 colours that terminals agree on: a cube, then greys.
function indexed(value) {
  if (value >= 232) return rgb(...Array(3).fill(8 + 10 * (value - 232)));
  const at = value - 16;
  return rgb(STEPS[Math.floor(at / 36)], STEPS[Math.floor(at / 6) % 6], STEPS[at % 6]);
}

function light(colour) {
  const parts = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255);
  const [red, green, blue] = parts.map((one) => (one <= 0.03928 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one, other) {
  const [dark, bright] = [light(one), light(other)].sort((a, b) => a - b);
  return (bright + 0.05) / (dark + 0.05);
}

const readable = (ground) => (light(ground) > 0.18 ? "#000000" : "#ffffff");
