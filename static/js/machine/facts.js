// What a guest's agent said, on its machine's page. In: the facts as the portal tells them. Out: the page's rows, hidden where nothing is known.

export function showFacts(page, facts) {
  for (const place of page.querySelectorAll("[data-fact]")) {
    const words = facts?.[place.dataset.fact] ?? "";
    if (place.textContent !== words) place.textContent = words;
    place.closest("[data-fact-row]").hidden = !words;
  }
  showAddresses(page.querySelector("[data-addresses]"), facts?.addresses ?? []);
}

function showAddresses(list, addresses) {
  if (!list) return;
  list.closest("[data-fact-row]").hidden = !addresses.length;
  const line = list.querySelector("template");
  const lines = addresses.map(([at, address]) => {
    const one = line.content.firstElementChild.cloneNode(true);
    one.querySelector("[data-address]").textContent = address;
    one.querySelector("[data-interface]").textContent = at;
    return one;
  });
  list.replaceChildren(line, ...lines);
}
