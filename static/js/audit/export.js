// A file that comes leaves the page as it is. In: the form that asks for one. Out: a sentence with how many entries came.

const COOKIE = "homeport-came";
const EVERY_MS = 300;
const LONGEST_MS = 60000;

const line = document.querySelector("[data-came]");
const form = document.querySelector(".card .hp-form");

function fresh() {
  return Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

// The server answers with what it was asked with, and the number.
function came(token) {
  const found = document.cookie.split("; ").find((one) => one.startsWith(`${COOKIE}=${token}.`));
  return found?.slice(found.lastIndexOf(".") + 1);
}

function watch(token) {
  const until = Date.now() + LONGEST_MS;
  const timer = setInterval(() => {
    const rows = came(token);
    if (rows) {
      line.textContent = `${line.dataset.came} ${rows}`;
      line.hidden = false;
    }
    if (rows || Date.now() > until) clearInterval(timer);
  }, EVERY_MS);
}

if (line) {
  form.addEventListener("formdata", (event) => {
    const token = fresh();
    line.hidden = true;
    event.formData.set("token", token);
    watch(token);
  });
}
