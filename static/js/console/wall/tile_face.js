// What a tile says around its terminal: one word of trouble on top, who writes, when it last printed. In: news of the line. Out: text, and an edge in the colour of the state.

import { sentence as word, timeShown } from "../words.js";

const OFF = new Set(["stopped", "deallocated", "deallocating", "Creating", "Deleting"]);

export class Face {
  constructor(element) {
    this.element = element;
    this.part = (name) => element.querySelector(`[data-${name}]`);
    const { last, line, code, writer } = element.dataset;
    this.last = Number(last);
    this.line = { state: line, code };
    this.own = null;
    this.#writes(writer);
    this.#show();
    this.#time();
  }

  // By its state as the portal knows it, nothing can come from this machine's line.
  get off() {
    const known = this.element.querySelector("input[name=known]")?.value.split(":") ?? [];
    return known.slice(1).some((state) => OFF.has(state));
  }

  // What the portal has seen of its guest: it comes with the state, whose badge has no room here.
  get trouble() {
    const badge = this.element.querySelector(".trouble");
    if (!badge) return null;
    const at = Date.parse(badge.querySelector("time").dateTime);
    return { text: word("wall-trouble", { what: badge.querySelector("span").textContent, time: timeShown(at) }), kind: "trouble" };
  }

  // Of the tile itself; it goes before what the line has to say.
  word(key, values = {}, kind = "") {
    this.own = key ? { text: word(key, values), kind } : null;
    this.#show();
  }

  attached(yes) {
    this.element.toggleAttribute("data-attached", yes);
  }

  powered() {
    this.#show();
  }

  lined(line) {
    this.line = line;
    this.#show();
  }

  present({ people, writer }) {
    this.#writes(people.find((one) => one.viewer === writer)?.name);
  }

  printed(ms) {
    this.last = Math.max(this.last, ms);
    this.due ??= setTimeout(() => this.#time(), 1000);
  }

  #time() {
    this.due = null;
    this.part("printed").textContent = this.last ? word("wall-last", { time: timeShown(this.last) }) : word("wall-silent");
  }

  #writes(name) {
    this.part("writes").textContent = name ? word("wall-writer", { name }) : "";
  }

  #show() {
    const { text, kind } = this.#said();
    const place = this.part("word");
    if (place.textContent !== text) place.textContent = text;
    this.element.dataset.kind = kind;
  }

  #said() {
    if (this.off) return { text: word("wall-off"), kind: "off" };
    if (this.own) return this.own;
    if (this.trouble) return this.trouble;
    const { state, code } = this.line;
    if (state === "down") return { text: word("wall-line-down", { why: word(`line-${code || "failed"}`) }), kind: "trouble" };
    if (state === "connecting" || state === "off") return { text: word(`wall-line-${state}`), kind: code ? "trouble" : "changing" };
    return { text: "", kind: "" };
  }
}
