// The page's one socket. In: where to, and from which offset. Out: frames, and when and how the socket closed.

import { Op, decode, message, readU32, u32 } from "./wire.js";

const HANDSHAKE_MS = 10_000;
const BEAT_MS = 1_000;
const PING_MS = 5_000;
const LATE_MS = 2_000;
const SILENCE_MS = 10_000;

export class Link {
  constructor(path, heard) {
    this.url = new URL(path, location.href.replace(/^http/, "ws"));
    this.heard = heard;
    this.socket = null;
    this.page = pageId();
    // The device says that it has no network: nothing typed from here on would arrive.
    addEventListener("offline", () => this.socket && this.ended(1006));
  }

  open(query) {
    this.leave();
    const url = new URL(this.url);
    for (const [name, value] of Object.entries({ ...query, page: this.page })) url.searchParams.set(name, value);
    const socket = new WebSocket(url);
    socket.binaryType = "arraybuffer";
    let opened = false;
    const ended = (code) => {
      if (this.socket !== socket) return;
      this.leave();
      this.heard.closed(code, opened);
    };
    this.ended = ended;
    const late = setTimeout(() => ended(1006), HANDSHAKE_MS);
    socket.onopen = () => {
      clearTimeout(late);
      opened = true;
      this.asked = this.alive = performance.now();
      this.beat = setInterval(() => this.#beat(ended), BEAT_MS);
    };
    socket.onmessage = ({ data }) => this.#frame(data);
    socket.onclose = ({ code }) => (clearTimeout(late), ended(code));
    this.socket = socket;
  }

  send(op, payload) {
    if (this.socket?.readyState !== WebSocket.OPEN) return;
    this.socket.send(message(op, payload));
    if (op === Op.KEYS && this.alive >= this.asked && performance.now() - this.asked > LATE_MS) this.ping();
  }

  // Lets go of the socket without a word to `closed`.
  leave() {
    const socket = this.socket;
    this.socket = null;
    clearInterval(this.beat);
    socket?.close();
  }

  ping() {
    this.asked = performance.now();
    this.send(Op.PING, u32(performance.now() >>> 0));
  }

  // Judged by the last ping alone: in a hidden tab beats come once a minute. What is not answered shows as latency that grows,
  // then as a connection that has died without a word.
  #beat(ended) {
    const waited = performance.now() - this.asked;
    if (this.alive >= this.asked) return waited >= PING_MS && this.ping();
    if (waited > SILENCE_MS) return ended(1006);
    if (waited > LATE_MS) this.heard.latency(waited);
  }

  #frame(data) {
    this.alive = performance.now();
    const { op, payload } = decode(data);
    if (op === Op.PONG) this.heard.latency(Math.max(0, (performance.now() >>> 0) - readU32(payload)));
    else this.heard.frame(op, payload);
  }
}

// Kept over reloads, so that the seat is held for this page. It is taken out while the page lives: a copy of the tab
// starts with a copy of the storage, and must not pass for this one.
function pageId() {
  const kept = sessionStorage.getItem("homeport.page");
  sessionStorage.removeItem("homeport.page");
  const id = kept ?? Array.from(crypto.getRandomValues(new Uint8Array(12)), (one) => one.toString(36).padStart(2, "0")).join("");
  addEventListener("pagehide", () => sessionStorage.setItem("homeport.page", id));
  addEventListener("pageshow", () => sessionStorage.removeItem("homeport.page"));
  return id;
}
