// What the terminal shows as plain text, or the bytes as they came. In: the terminal, and output as it arrives. Out: a file.

const MOST = 8 * 1024 * 1024;

export function install(desk) {
  const kept = new Ring(MOST);
  const menu = document.getElementById("download-menu");
  const cut = menu.querySelector("[data-cut]");

  desk.on("output", ({ bytes }) => kept.add(bytes));
  menu.addEventListener("click", (event) => {
    const kind = event.target.closest("[data-download]")?.dataset.download;
    if (kind === "plain") save(desk, new Blob([plain(desk.term) + "\n"], { type: "text/plain;charset=utf-8" }), "txt");
    if (kind === "raw") save(desk, new Blob(kept.parts, { type: "application/octet-stream" }), "log");
    if (kind) desk.focus();
  });
  // What was cut off is said before, not after.
  menu.parentElement.addEventListener("show.bs.dropdown", () => (cut.hidden = !kept.cut));
}

// The newest bytes, in blocks: output comes in pieces as small as one byte.
export class Ring {
  constructor(most, block = 64 * 1024) {
    Object.assign(this, { most, block, blocks: [], used: block, cut: false });
  }

  add(bytes) {
    for (let at = 0; at < bytes.length; ) {
      if (this.used === this.block) this._open();
      const count = Math.min(this.block - this.used, bytes.length - at);
      this.blocks.at(-1).set(bytes.subarray(at, at + count), this.used);
      this.used += count;
      at += count;
    }
  }

  get parts() {
    return this.blocks.map((block, at) => (at === this.blocks.length - 1 ? block.subarray(0, this.used) : block));
  }

  _open() {
    if ((this.blocks.length + 1) * this.block > this.most) {
      this.blocks.shift();
      this.cut = true;
    }
    this.blocks.push(new Uint8Array(this.block));
    this.used = 0;
  }
}

// Lines that the terminal wrapped are one line again.
export function plain({ buffer: { normal } }) {
  const lines = [];
  for (let at = 0; at < normal.length; at += 1) {
    const line = normal.getLine(at);
    const goesOn = normal.getLine(at + 1)?.isWrapped;
    const text = line.translateToString(!goesOn);
    if (line.isWrapped && lines.length) lines[lines.length - 1] += text;
    else lines.push(text);
  }
  while (lines.length && !lines.at(-1)) lines.pop();
  return lines.join("\n");
}

function save(desk, blob, ending) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = `${fileName(desk.root.dataset.vm)}-${stamp(new Date(desk.now()))}.${ending}`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  desk.say(desk.text("downloaded", { name: link.download }));
}

export function fileName(name) {
  return (name || "console").replace(/[^\w.-]+/g, "_");
}

function stamp(when) {
  return when.toISOString().slice(0, 19).replace(/:/g, "").replace("T", "-") + "Z";
}
