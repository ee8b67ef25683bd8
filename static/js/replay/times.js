// Two kinds of time. In: the recording's clock, [player's ms, real ms] wherever they part. Out: one from the other.

export class Times {
  constructor(clock, duration) {
    this.clock = clock.length ? clock : [[0, 0]];
    this.duration = duration;
  }

  // Seconds of the player → milliseconds of the day it was printed.
  real(seconds) {
    const at = seconds * 1000;
    const [began, ms] = this.clock[last(this.clock, 0, at)];
    return ms + Math.max(at - began, 0);
  }

  // Within a pause that was cut short, its end.
  place(ms) {
    const number = last(this.clock, 1, ms);
    const [began, real] = this.clock[number];
    const until = this.clock[number + 1]?.[0] ?? this.duration * 1000;
    return Math.min(began + Math.max(ms - real, 0), until) / 1000;
  }
}

function last(pairs, column, value) {
  let low = 0;
  let high = pairs.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (pairs[middle][column] <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}

export function shown(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (number) => String(number).padStart(2, "0");
  return `${Math.floor(whole / 3600)}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
}

export function day(ms) {
  return ms ? `${new Date(ms).toISOString().slice(0, 19).replace("T", " ")} UTC` : "";
}
