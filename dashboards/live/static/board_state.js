// What the address says of a board, and how it changes: choices, links to other boards, what was loaded.

import { speakHere } from "./words.js";

const NOT_DATA = new Set(["lang", "kiosk", "refresh", "orgId", "timezone", "theme"]);
const toldOf = new Map(); // definitions never change while a page is open

/** Add to `page` what boards need. `go(address)` opens an address; `draw()` draws again soon. */
export function withBoards(page, { go, draw }) {
  page.boards = null;
  page.board = { uid: null, told: null, problem: null };
  page.paused = false;
  page.kiosk = false;
  page.ownRange = false;

  const here = () => new URLSearchParams(location.search);
  const write = (path, query) => {
    const text = [...query].map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join("&");
    return text ? `${path}?${text}` : path;
  };
  /** The address of a board, with what is chosen here as far as that board knows it. */
  page.boardLink = (url, keep = false) => {
    const [path, own = ""] = url.split("?");
    const uid = /^\/d\/([\w-]+)/.exec(path)?.[1];
    const query = new URLSearchParams(own);
    if (keep && uid) {
      const target = new Map((page.boards?.find((board) => board.uid === uid)?.variables ?? []).map((each) => [`var-${each.name}`, each]));
      const now = here();
      for (const name of ["from", "to"]) if (now.has(name) && !query.has(name)) query.set(name, now.get(name));
      for (const name of new Set([...now.keys()])) {
        const values = now.getAll(name);
        const fits = target.has(name) && (target.get(name).many || (values.length === 1 && values[0] !== "$__all"));
        if (fits && !query.has(name)) for (const value of values) query.append(name, value);
      }
    }
    return write(path, query);
  };
  /** A link of a cell: Grafana's placeholders filled in; what the other board does not know is left out. */
  page.cellLink = (url, valueOf) => {
    const filled = url
      .replace(/\$\{__url_time_range\}/g, () => ["from", "to"].filter((name) => here().has(name)).map((name) => `${name}=${encodeURIComponent(here().get(name))}`).join("&"))
      .replace(/\$\{ds:queryparam\}/g, "")
      .replace(/\$\{__data\.fields\.(\w+)\}/g, (_, name) => encodeURIComponent(valueOf(name)));
    const [path, query = ""] = filled.split("?");
    return page.boardLink(`${path}?${query.split("&").filter(Boolean).join("&")}`, true);
  };
  page.wall = () => page.kiosk && page.board.uid.startsWith("pantau-tv");
  page.kioskLink = () => `${location.pathname}${location.search ? `${location.search}&` : "?"}kiosk`;
  page.twinLink = () => write(`/d/${page.board.uid.endsWith("-en") ? page.board.uid.slice(0, -3) : `${page.board.uid}-en`}`, here());
  /** The values of a variable in the address; null where it chooses none. */
  page.chosen = (name) => (here().has(`var-${name}`) ? here().getAll(`var-${name}`) : null);
  page.range = (told) => ({ from: here().get("from") ?? told.from, to: here().get("to") ?? told.to });
  page.setRange = (told, from, to) => {
    const query = here();
    for (const [name, value] of [["from", from], ["to", to]]) {
      if (value === told[name]) query.delete(name);
      else query.set(name, value);
    }
    page.ownRange = false;
    go(write(location.pathname, query));
  };
  page.chooseRange = (told, range) => {
    page.ownRange = range === "own";
    if (page.ownRange) draw();
    else page.setRange(told, range, "now");
  };
  /** Choose values of a variable; those that depend on it begin anew. */
  page.choose = (told, name, values) => {
    const query = here();
    const variable = told.variables.find((each) => each.name === name);
    for (const each of told.variables) if (each.name === name || each.uses.includes(name)) query.delete(`var-${each.name}`);
    if (!(variable.many && values[0] === "$__all")) for (const value of values) query.append(`var-${name}`, value);
    go(write(location.pathname, query));
  };
}

/** What the stream and the data of a board are asked for: the address without what is not about data. */
export function dataQuery() {
  const kept = new URLSearchParams();
  for (const [name, value] of new URLSearchParams(location.search)) if (!NOT_DATA.has(name)) kept.append(name, value);
  const text = kept.toString();
  return text ? `?${text}` : "";
}

/** The language of a board is in its address, for this page alone. */
export const speakOf = (uid) => speakHere(uid.endsWith("-en") ? "en" : "id");

/** The definition of a board; null when there is none. Throws when the server cannot be reached. */
export async function definition(uid) {
  if (!toldOf.has(uid)) {
    const answer = await fetch(`/api/boards/${encodeURIComponent(uid)}`);
    if (answer.status === 404) return null;
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    toldOf.set(uid, await answer.json());
  }
  return toldOf.get(uid);
}

/** The data of a board once: {model} or {fault}. Throws when the server cannot be reached or has none now. */
export async function frames(uid, query) {
  const answer = await fetch(`/api/boards/${encodeURIComponent(uid)}/frames${query}`);
  if (answer.status === 400) return { fault: (await answer.json()).faults[0] };
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  return { model: await answer.json() };
}
