// How fast a text may go down a serial line. In: what was sent, what the line took, what the guest printed. Out: how much may go now.
// Pure: the clock is handed in, in milliseconds.
//
// A line may take bytes faster than its guest reads them (a socket's buffer, a UART without flow control), so a guest that
// echoes is waited for: not more than a window of bytes without its echo, unless it prints nothing for PATIENCE.

export const MOST = 256;
export const LEAST = 16;
export const PATIENCE = 200;
const FIRST = 64;
const AVERAGED = 3000;

export class Pace {
  constructor(total, { echoes = true } = {}) {
    Object.assign(this, { total, sent: 0, taken: 0, printed: 0, window: FIRST });
    this.mayEcho = echoes;
    this.owed = 0;
    this.acknowledged = 0;
    this.moved = 0;
    this.trail = [];
  }

  get done() {
    return this.taken >= this.total;
  }

  get untaken() {
    return this.sent - this.taken;
  }

  // A guest that printed at least a quarter of what it got is taken to echo; at the beginning it is given the chance.
  get echoing() {
    return this.mayEcho && (this.taken <= FIRST || this.printed * 4 >= this.taken);
  }

  // 0: wait. Half a window at least, so that a busy line is not fed byte by byte.
  allowance(now) {
    const left = this.total - this.sent;
    this._forgive(now);
    const room = this.window - Math.max(this.untaken, this.echoing ? this.owed : 0);
    return room >= Math.min(this.window / 2, left) ? Math.min(room, left) : 0;
  }

  // When to look again, if neither the line nor the guest moves before.
  wait(now) {
    return this.echoing && this.owed > 0 ? Math.max(1, this.moved + PATIENCE - now) : null;
  }

  send(count, now) {
    if (this.untaken === 0 && this.owed === 0) this.moved = now;
    if (this.trail.length === 0) this.trail.push([now, 0]);
    this.sent += count;
    this.owed += count;
  }

  take(total, now) {
    const more = Math.min(total, this.sent) - this.taken;
    if (more <= 0) return;
    this.taken += more;
    this.moved = now;
    this.trail.push([now, this.taken]);
    while (this.trail.length > 2 && now - this.trail[0][0] > AVERAGED) this.trail.shift();
    if (!this.echoing) this._grow(more);
  }

  // Known from elsewhere: so much has arrived, and nothing more is on its way.
  rewind(taken, now) {
    Object.assign(this, { sent: taken, taken, owed: 0, acknowledged: 0, moved: now, trail: [[now, taken]] });
  }

  print(count, now) {
    this.printed += count;
    const echoed = Math.min(count, this.owed);
    this.owed -= echoed;
    this.moved = now;
    if (this.echoing) this._grow(echoed);
  }

  // Bytes a second, of the last seconds.
  speed(now) {
    if (this.trail.length === 0) return 0;
    const [then, before] = this.trail[0];
    return now > then ? ((this.taken - before) * 1000) / (now - then) : 0;
  }

  secondsLeft(now) {
    const speed = this.speed(now);
    return speed > 0 ? Math.ceil((this.total - this.taken) / speed) : null;
  }

  _grow(count) {
    this.acknowledged += count;
    if (this.acknowledged < this.window) return;
    this.acknowledged = 0;
    this.window = Math.min(MOST, this.window * 2);
  }

  _forgive(now) {
    if (this.untaken > 0 || this.owed === 0 || now - this.moved < PATIENCE) return;
    if (this.echoing) this.window = Math.max(LEAST, this.window / 2);
    Object.assign(this, { owed: 0, acknowledged: 0, moved: now });
  }
}
