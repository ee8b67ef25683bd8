// When to try again: soon, then ever later, never all at once. In: what to do. Out: it is done, and seconds are counted down.

const DELAYS_MS = [400, 1000, 1500, 2500, 4000, 6000, 10000];

export class Retry {
  constructor(act, counting) {
    this.act = act;
    this.counting = counting;
    this.tries = 0;
    addEventListener("online", () => this.now());
    document.addEventListener("visibilitychange", () => document.hidden || this.now());
  }

  get waiting() {
    return this.at !== undefined;
  }

  later(ms = DELAYS_MS[Math.min(this.tries, DELAYS_MS.length - 1)] * (0.5 + Math.random())) {
    this.stop();
    this.tries += 1;
    this.at = performance.now() + ms;
    this.timer = setTimeout(() => this.now(), ms);
    this.ticks = setInterval(() => this.counting(this.seconds), 500);
    this.counting(this.seconds);
  }

  get seconds() {
    return Math.max(0, Math.ceil((this.at - performance.now()) / 1000));
  }

  // Somebody came back, or the network did: waiting longer helps nobody.
  now() {
    if (!this.waiting) return;
    this.stop();
    this.act();
  }

  stop() {
    clearTimeout(this.timer);
    clearInterval(this.ticks);
    this.at = undefined;
  }

  fresh() {
    this.stop();
    this.tries = 0;
  }
}

// Tells the seconds that are left until a moment of `clock`, now and every second; returns what ends it.
export function countDown(until, clock, tell) {
  const tick = () => tell(Math.max(0, Math.ceil((until - clock()) / 1000)));
  const ticks = setInterval(tick, 1000);
  tick();
  return () => clearInterval(ticks);
}
