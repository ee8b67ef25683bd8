// asciinema-player around one recording. In: its index, a speed. Out: play, pause, seek, and where it is.
//
// A player has one speed for life, so another speed is another player at the same place.

export class Player {
  constructor(place, changed) {
    Object.assign(this, { place, changed });
    this.playing = false;
    this.ended = false;
    this.made = 0;
  }

  load(index) {
    URL.revokeObjectURL(this.url);
    const whole = index.segments.map(({ start, url }) => ({ start, url: new URL(url, location).href }));
    this.url = URL.createObjectURL(new Blob([JSON.stringify({ ...index, segments: whole })], { type: "application/json" }));
    this.duration = index.duration;
  }

  async open({ speed, at, play }) {
    const mine = (this.made += 1);
    this.inner?.dispose();
    Object.assign(this, { playing: false, ended: false, opening: { at, play } });
    const source = { driver: "recording", format: "segmented", url: this.url };
    const options = { speed, controls: false, fit: "both", cursorMode: "steady", preload: true, terminalFontFamily: FACE };
    const inner = globalThis.AsciinemaPlayer.create(source, this.place, options);
    this.inner = inner;
    for (const [name, state] of STATES) inner.addEventListener(name, () => mine === this.made && this.#is(state));
    inner.addEventListener("error", () => mine === this.made && this.changed("failed"));
    await inner.seek(at);
    if (mine !== this.made) return;
    this.playing = this.opening.play;
    this.opening = null;
    this.changed("ready");
    if (this.playing) await inner.play();
  }

  #is(state) {
    this.playing = state === "playing";
    this.ended = state === "ended";
    this.changed(state);
  }

  // Or is about to, as soon as it is there.
  get goes() {
    return this.opening?.play ?? this.playing;
  }

  async toggle() {
    if (this.goes) return this.pause();
    if (this.opening) return void (this.opening.play = true);
    if (this.ended) await this.inner.seek(0);
    return this.inner.play();
  }

  pause() {
    if (this.opening) this.opening.play = false;
    else return this.inner.pause();
  }

  seek(at) {
    if (this.ended) this.#is("paused");
    return this.inner.seek(Math.min(Math.max(at, 0), this.duration));
  }

  now() {
    return this.opening?.at ?? this.inner.getCurrentTime();
  }
}

const FACE = '"JetBrains Mono", "Cascadia Mono", "DejaVu Sans Mono", Menlo, Consolas, monospace';
const STATES = [["playing", "playing"], ["pause", "paused"], ["ended", "ended"]];
