// Keeps "3 minutes ago" true while a page stays open, in the page's language.

const STEPS = [[60, "second"], [3600, "minute"], [86400, "hour"], [Infinity, "day"]];
const SECONDS = { second: 1, minute: 60, hour: 3600, day: 86400 };
const EVERY_MS = 30_000;
const words = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: "auto" });

export function ago(at) {
  const passed = Math.max(0, (Date.now() - at) / 1000);
  const unit = STEPS.find(([most]) => passed < most)[1];
  return words.format(-Math.floor(passed / SECONDS[unit]), unit);
}

export function renew(within = document) {
  for (const time of within.querySelectorAll("time[data-ago]")) time.textContent = ago(Date.parse(time.dateTime));
}

export function made(at) {
  const time = document.createElement("time");
  time.dateTime = at;
  time.dataset.ago = "";
  time.title = `${at.slice(0, 19).replace("T", " ")} UTC`;
  time.textContent = ago(Date.parse(at));
  return time;
}

setInterval(() => renew(), EVERY_MS);
document.addEventListener("htmx:afterSettle", (event) => renew(event.target));
renew();
