// Numbers, times and sentences as the person reads them.

export function sentence(key, values = {}) {
  const words = document.querySelector(`[data-key="${key}"]`)?.textContent ?? key;
  return words.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

const TODAY = { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" };
const BEFORE = { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23" };

export function timeShown(ms) {
  const when = new Date(ms);
  const parts = when.toDateString() === new Date().toDateString() ? TODAY : BEFORE;
  return when.toLocaleString(document.documentElement.lang, parts);
}

export function bytesShown(count) {
  let shown = count;
  for (const unit of ["B", "KB", "MB"]) {
    if (shown < 1024) return `${unit === "B" || shown >= 10 ? Math.round(shown) : shown.toFixed(1)} ${unit}`;
    shown /= 1024;
  }
  return `${shown.toFixed(1)} GB`;
}
