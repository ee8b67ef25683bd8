// A character's bytes stay together. In: pieces of a stream of UTF-8, cut anywhere. Out: the same bytes, cut between characters.
//
// xterm.js 6 loses a character whose second byte is 0x80, such as “…”, where a write ends behind that byte; serial lines come byte by byte.

const NONE = new Uint8Array(0);

export function wholeCharacters() {
  let held = NONE;
  return (bytes) => {
    const all = held.length ? joined(held, bytes) : bytes;
    const end = all.length - begun(all);
    held = end < all.length ? all.slice(end) : NONE;
    return all.subarray(0, end);
  };
}

// How many bytes at the end are the beginning of a character whose rest has not come.
function begun(bytes) {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back];
    if ((byte & 0xc0) !== 0x80) return back < sizeOf(byte) ? back : 0;
  }
  return 0;
}

function sizeOf(first) {
  if (first >= 0xf0 && first < 0xf8) return 4;
  if (first >= 0xe0 && first < 0xf0) return 3;
  return first >= 0xc0 && first < 0xe0 ? 2 : 1;
}

function joined(one, other) {
  const all = new Uint8Array(one.length + other.length);
  all.set(one);
  all.set(other, one.length);
  return all;
}
