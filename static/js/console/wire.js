// What is said between browser, consumer and hub: an opcode byte, then a payload. `consoles/wire.py` holds the same table.
//
// In: frames as they come off the socket. Out: opcodes, payloads, and the numbers with which sockets close.

export const Op = Object.freeze({
  KEYS: 0x01,
  ACK: 0x02,
  BREAK: 0x03,
  TAKE: 0x04,
  RELEASE: 0x05,
  HAND: 0x06,
  ASK: 0x07,
  PING: 0x08,
  RESIZE: 0x09,
  STAY: 0x0a,

  ATTACH: 0x40,
  STATUS: 0x41,
  DETACH: 0x42,
  SYSRQ: 0x43,
  FORGET: 0x44,
  LOG: 0x45,

  OUTPUT: 0x81,
  GAP: 0x82,
  SKIP: 0x83,
  ATTACHED: 0x84,
  PRESENCE: 0x85,
  LINE: 0x86,
  NOTICE: 0x87,
  PONG: 0x88,
  TAKEN: 0x89,
  REFUSED: 0x8a,
  HUB: 0x8b,
  WARNING: 0x8c,
  REPORT: 0x8d,
});

export const Close = Object.freeze({
  BAD_FRAME: 4400,
  SIGNED_OUT: 4401,
  REFUSED: 4403,
  NOT_FOUND: 4404,
  IDLE: 4408,
  LONGEST: 4409,
  GONE: 4410,
  REVOKED: 4411,
  SWITCHED_OFF: 4412,
  MACHINE_OFF: 4413,
  TOO_MANY: 4429,
  ENDED: 4430,
  RESTARTING: 4503,
});

export const KIB = 1024;
export const MAX_KEYS = 16 * KIB;
export const WINDOW = 256 * KIB;

const NOTHING = new Uint8Array(0);
const encoder = new TextEncoder();
const decoder = new TextDecoder();

export function message(op, payload = NOTHING) {
  const frame = new Uint8Array(1 + payload.length);
  frame[0] = op;
  frame.set(payload, 1);
  return frame;
}

export function decode(buffer) {
  const bytes = new Uint8Array(buffer);
  return { op: bytes[0], payload: bytes.subarray(1) };
}

function room(length, write) {
  const bytes = new Uint8Array(length);
  write(new DataView(bytes.buffer));
  return bytes;
}

export const u16 = (value) => room(2, (view) => view.setUint16(0, value));
export const u32 = (value) => room(4, (view) => view.setUint32(0, value));
// Offsets stay far below 2^53, so a Number holds them exactly.
export const u64 = (value) => room(8, (view) => view.setBigUint64(0, BigInt(value)));
export const size = (rows, columns) => room(4, (view) => (view.setUint16(0, rows), view.setUint16(2, columns)));

const viewOf = (payload) => new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
export const readU32 = (payload) => viewOf(payload).getUint32(0);
export const readU64 = (payload, at = 0) => Number(viewOf(payload).getBigUint64(at));

export const packed = (value) => encoder.encode(JSON.stringify(value));
export const unpacked = (payload) => JSON.parse(decoder.decode(payload));

export const utf8 = (text) => encoder.encode(text);
export const binary = (text) => Uint8Array.from(text, (one) => one.charCodeAt(0) & 0xff);
