// Passkeys on the pages for sign-in, confirmation and security. In: a `data-passkey` box with two addresses.
// Out: the server's `next`, followed; or its `error`, shown in the box.

function bytes(text) {
  return Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (char) => char.charCodeAt(0));
}

function text(buffer) {
  const raw = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(raw).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

function described(list) {
  return (list || []).map((one) => ({ ...one, id: bytes(one.id) }));
}

async function create(options) {
  const publicKey = {
    ...options,
    challenge: bytes(options.challenge),
    user: { ...options.user, id: bytes(options.user.id) },
    excludeCredentials: described(options.excludeCredentials),
  };
  const made = await navigator.credentials.create({ publicKey });
  return answer(made, { attestationObject: text(made.response.attestationObject) });
}

async function get(options) {
  const publicKey = { ...options, challenge: bytes(options.challenge), allowCredentials: described(options.allowCredentials) };
  const used = await navigator.credentials.get({ publicKey });
  const handle = used.response.userHandle;
  return answer(used, {
    authenticatorData: text(used.response.authenticatorData),
    signature: text(used.response.signature),
    userHandle: handle && handle.byteLength ? text(handle) : null,
  });
}

function answer(credential, response) {
  return {
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    response: { clientDataJSON: text(credential.response.clientDataJSON), ...response },
  };
}

async function post(url, body) {
  const headers = { "Content-Type": "application/json", ...JSON.parse(document.body.getAttribute("hx-headers")) };
  const reply = await fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
  return reply.json();
}

class Refusal extends Error {}

async function run(box) {
  const name = box.querySelector("input[name=name]");
  // Asked before the device is: otherwise it would keep a key that the portal never took.
  if (name && !name.reportValidity()) return;
  const options = await post(box.dataset.options, {});
  if (leave(options)) return;
  const registering = box.dataset.passkey === "register";
  const said = registering ? await create(options) : await get(options);
  const next = box.dataset.next ? "?next=" + encodeURIComponent(box.dataset.next) : "";
  leave(await post(box.dataset.answer + next, name ? { ...said, name: name.value } : said));
}

function leave(reply) {
  if (reply.error) throw new Refusal(reply.error);
  if (reply.next) location.assign(reply.next);
  return Boolean(reply.next);
}

function show(box, error) {
  const place = box.querySelector("[data-passkey-error]");
  const kind = error instanceof DOMException ? "cancelled" : "failed";
  place.textContent = error instanceof Refusal ? error.message : box.querySelector(`[data-passkey-text=${kind}]`).textContent;
  place.hidden = false;
}

document.querySelectorAll("[data-passkey]").forEach((box) => {
  const button = box.querySelector("[data-passkey-start]");
  const missing = box.querySelector("[data-passkey-missing]");
  if (!window.PublicKeyCredential || /^[\d.]+$|^\[/.test(location.hostname)) {
    button.disabled = true;
    if (missing) missing.hidden = false;
    return;
  }
  box.hidden = false;
  button.addEventListener("click", async () => {
    button.disabled = true;
    box.querySelector("[data-passkey-error]").hidden = true;
    try {
      await run(box);
    } catch (error) {
      show(box, error);
    }
    button.disabled = false;
  });
});
