// The log of one of a machine's ports, as the portal gives it. In: its address, and what is asked. Out: stretches of it, hits in it, or why not.

const SILENT = { status: 0, told: null, problem: "" };

export class Source {
  constructor(address, port) {
    Object.assign(this, { address, port, raw: false });
  }

  // `query`: start, before or since, and what else the portal takes.
  ask(query) {
    return this._get("", this.raw ? { ...query, raw: "1" } : query);
  }

  search(query, signal) {
    return this._get("search/", query, signal);
  }

  async _get(path, query, signal) {
    const options = { cache: "no-store", headers: { Accept: "application/json" }, signal };
    const answer = await fetch(`${this.address}${path}?${new URLSearchParams({ ...query, port: this.port })}`, options).catch(() => null);
    if (!answer) return SILENT;
    // a page instead of JSON is the sign-in page
    if (answer.redirected) return { ...SILENT, status: 401 };
    const told = await answer.json().catch(() => null);
    return answer.ok ? { ...SILENT, status: answer.status, told } : { status: answer.status, told: null, problem: told?.sentence ?? "" };
  }
}
