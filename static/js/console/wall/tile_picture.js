// A terminal's screen as a small picture. In: xterm.js, which understands what the guest prints and draws nothing itself. Out: a canvas of which only the rows that changed are drawn.
//
// Dozens share one page, so there are no elements per row or colour: a picture costs neither style nor layout.

import { Palette } from "./tile_palette.js";

const MARGIN = 4;
const TALL = 1.18; // a row's height, of the font's size
const ASIDE = { fg: "#ffe3b0", bg: "#5c3d00" };
const ASCII = /^[\x20-\x7e]+$/;

export class Picture {
  constructor(canvas, term, theme) {
    this.canvas = canvas;
    this.term = term;
    this.family = term.options.fontFamily;
    this.context = canvas.getContext("2d", { alpha: false });
    this.cell = term.buffer.active.getNullCell();
    this.asides = [];
    this.looks(theme);
    this.fit();
  }

  looks(theme) {
    this.palette = new Palette(theme);
    this.rows = [];
  }

  // As wide as its tile, in the screen's own pixels.
  fit() {
    const { term, context, canvas } = this;
    const box = canvas.parentElement;
    const dense = devicePixelRatio || 1;
    canvas.width = Math.round(box.clientWidth * dense);
    canvas.height = Math.round(box.clientHeight * dense);
    context.font = `100px ${this.family}`;
    const advance = context.measureText("0").width / 100;
    this.margin = MARGIN * dense;
    const most = (canvas.height - 2 * this.margin) / (TALL * term.rows);
    this.size = Math.min((canvas.width - 2 * this.margin) / (advance * term.cols), most);
    this.wide = this.size * advance;
    this.tall = this.size * TALL;
    this.rows = [];
    this.soon();
  }

  soon() {
    this.due ??= requestAnimationFrame(() => {
      this.due = null;
      this.#draw();
    });
  }

  end() {
    cancelAnimationFrame(this.due);
    this.canvas.width = this.canvas.height = 0;
  }

  #draw() {
    const { active } = this.term.buffer;
    if (!this.rows.length) this.#fill(0, 0, this.canvas.width, this.canvas.height, this.palette.ground);
    for (let row = 0; row < this.term.rows; row += 1) {
      const line = active.getLine(active.baseY + row);
      const aside = this.asides.some((one) => one.line === active.baseY + row);
      const runs = line ? this.#runs(line, aside, row === active.cursorY ? active.cursorX : -1) : [];
      const sign = runs.map((one) => `${one.fg}${one.bg}${one.font}${one.text}`).join("\n");
      if (this.rows[row] === sign) continue;
      this.rows[row] = sign;
      this.#paint(row, runs);
    }
  }

  // Cells of one look beside each other are one run.
  #runs(line, aside, cursor) {
    const runs = [];
    for (let at = 0; at < this.term.cols; at += 1) {
      const cell = line.getCell(at, this.cell);
      if (!cell?.getWidth()) continue;
      const { fg, bg } = aside ? ASIDE : this.palette.of(cell, at === cursor);
      const font = cell.isBold() ? "bold " : "";
      const text = (!cell.isInvisible() && cell.getChars()) || " ";
      const last = runs.at(-1);
      // a letter of another font may be of another width: it stands alone, where its cell is
      if (last?.plain && ASCII.test(text) && last.fg === fg && last.bg === bg && last.font === font) last.text += text;
      else runs.push({ at, text, fg, bg, font, cells: cell.getWidth(), plain: ASCII.test(text) });
      if (runs.at(-1).plain) runs.at(-1).cells = runs.at(-1).text.length;
    }
    return runs;
  }

  #paint(row, runs) {
    const { context } = this;
    const top = this.margin + row * this.tall;
    this.#fill(0, top, this.canvas.width, this.tall, this.palette.ground);
    context.textBaseline = "middle";
    for (const { at, text, fg, bg, font, cells } of runs) {
      const left = this.margin + at * this.wide;
      if (bg !== this.palette.ground) this.#fill(left, top, cells * this.wide, this.tall, bg);
      if (!text.trim()) continue;
      context.font = `${font}${this.size}px ${this.family}`;
      context.fillStyle = fg;
      context.fillText(text, left, top + this.tall / 2);
    }
  }

  #fill(left, top, width, height, colour) {
    this.context.fillStyle = colour;
    this.context.fillRect(Math.floor(left), Math.floor(top), Math.ceil(width) + 1, Math.ceil(height) + 1);
  }
}
