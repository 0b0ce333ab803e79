// The live page: which page the address asks for, what is known, and when to draw again.

import { boardPage, boardsPage } from "./board.js";
import { dataQuery, definition, frames, speakOf, withBoards } from "./board_state.js";
import { morph, h } from "./dom.js";
import { day, moment, clock, zoneName } from "./format.js";
import { number, shape } from "./parts.js";
import { NEEDS, overviewPage, tvPage } from "./overview.js";
import { sourcesPage } from "./sources.js";
import { follow } from "./stream.js";
import { recolour } from "./time_chart.js";
import { unitPage } from "./unit.js";
import { language, recall, remember, speak, t } from "./words.js";

const root = document.getElementById("app");

const page = {
  models: { overview: null, unit: null, sources: null, board: null },
  now: null, // the server's time, ms UTC
  line: null, // "live", "stale" or "lost"; null until the first word
  heardAt: null, // the server's time at the last word
  missing: null, // the code of a unit that does not exist
  barred: false, // the server says that this browser may not look
  sought: "",
  tabled: new Set(),
  points: {},
  widths: {},
  tvRows: 10,

  link(path) {
    const kept = new URLSearchParams();
    if (language() !== "id") kept.set("lang", language());
    const query = kept.toString();
    return path + (query ? `?${query}` : "");
  },
  search(text) {
    page.sought = text.trim();
    draw();
  },
  matches: ({ name, code }) => `${name} ${code}`.toLowerCase().includes(page.sought.toLowerCase()),
  toggleTable(id) {
    if (!page.tabled.delete(id)) page.tabled.add(id);
    draw();
  },
  at: (id) => page.points[id] ?? null,
  point(id, index) {
    if (page.at(id) === index) return;
    page.points[id] = index;
    draw();
  },
  widthOf: (id, guess = 480) => page.widths[id] ?? guess,

  /** The units in the order of need; while the reader is in the list, in the order he sees, so that nothing jumps away. */
  ordered(units) {
    const list = root.querySelector("table.units tbody");
    if (!list || !(list.matches(":hover") || list.contains(document.activeElement))) {
      page.order = units.map(({ code }) => code);
      return units;
    }
    const place = (code) => {
      const found = page.order.indexOf(code);
      return found < 0 ? units.length : found;
    };
    return [...units].sort((a, b) => place(a.code) - place(b.code));
  },
};

function route() {
  const path = location.pathname.replace(/\/+$/, "") || "/";
  if (path.startsWith("/unit/")) return { name: "unit", code: decodeURIComponent(path.slice(6)), address: `/api/stream?unit=${path.slice(6)}` };
  if (path === "/papan") return { name: "boards", address: null };
  if (path.startsWith("/d/")) {
    const uid = decodeURIComponent(path.split("/")[2]);
    return { name: "board", uid, address: `/api/boards/${encodeURIComponent(uid)}/stream${dataQuery()}` };
  }
  if (path === "/kesehatan") return { name: "sources", address: "/api/stream?sources=1" };
  return { name: path === "/tv" ? "tv" : "overview", address: "/api/stream" };
}

let here = route();
let line = null;
let waiting = false;

/** Draw soon, once for everything that happens until then. */
function draw() {
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(() => {
    waiting = false;
    render();
  });
}

function render() {
  const views = {
    overview: () => [head(), banner(), overviewPage(page), foot()],
    unit: () => [head(), banner(), unitPage(page, here.code), foot()],
    sources: () => [head(), banner(), sourcesPage(page), foot()],
    tv: () => [tvPage(page)],
    barred: () => [barred()],
    boards: () => [head(), banner(), boardsPage(page), foot()],
    board: () => (page.kiosk ? [banner(), boardPage(page)] : [head(), banner(), boardPage(page), foot()]),
  };
  document.documentElement.classList.toggle("tv", here.name === "tv");
  document.title = title();
  morph(root, views[page.barred ? "barred" : here.name]());
  // what a reader changed in a field stays there, unless the address says otherwise
  for (const field of root.querySelectorAll("select[data-value]")) if (field.value !== field.dataset.value) field.value = field.dataset.value;
  for (const box of root.querySelectorAll("input[data-on]")) box.checked = box.dataset.on === "true";
  measure();
}

function title() {
  if (here.name === "board" && page.board.told) return `${page.board.told.title} · Pantau Layanan`;
  const name = here.name === "boards" || here.name === "board" ? t("nav.boards") : here.name === "unit" ? (page.models.unit?.row.name ?? here.code) : here.name === "sources" ? t("nav.sources") : t("nav.overview");
  return `${name} · Pantau Layanan`;
}

/** The newest model of this page that says as of when it is, and in which zone. */
const seen = () => (here.name === "board" ? page.models.board : page.models.overview);

function head() {
  const { overview } = page.models;
  const timed = seen();
  const needing = overview?.units.filter(({ state }) => NEEDS.includes(state.key)).length ?? 0;
  const troubled = overview?.sources.troubled ?? 0;
  const link = (path, name, count) =>
    h("a", { href: page.link(path), "aria-current": location.pathname === path || (path === "/papan" && here.name === "board") ? "page" : null }, t(name), count > 0 && h("span", { class: "badgecount" }, number(count), h("span", { class: "hidden" }, ` ${t("nav.need")}`)));
  const other = language() === "id" ? "en" : "id";
  const theme = recall("theme");
  return h(
    "header",
    { class: "head", "data-key": "head" },
    h("a", { class: "skip", href: "#main" }, t("nav.skip")),
    h("a", { class: "brand", href: page.link("/") }, "Pantau Layanan", overview?.area && h("span", { class: "area" }, overview.area)),
    h("nav", { "aria-label": t("nav.label") }, link("/", "nav.overview", needing), link("/papan", "nav.boards", 0), link("/kesehatan", "nav.sources", troubled)),
    h("p", { class: "asof" }, page.now === null || !timed ? "" : h("time", {}, h("span", { class: "date" }, `${day(page.now, timed.zone)} `), `${clock(page.now, timed.zone)} ${zoneName(timed.zone, page.now)}`)),
    h("div", { class: "switches" }, h("button", { type: "button", class: "quiet", lang: other, "aria-label": other === "en" ? "English" : "Indonesia", onclick: () => (here.name === "board" ? go(page.twinLink()) : (speak(other), draw())) }, h("span", { class: "long" }, other === "en" ? "English" : "Indonesia"), h("span", { class: "short", "aria-hidden": "true" }, other.toUpperCase())), h("button", { type: "button", class: "quiet", onclick: nextTheme, title: t(`theme.${theme ?? "auto"}`), "aria-label": t(`theme.${theme ?? "auto"}`) }, { light: "○", dark: "●" }[theme] ?? "◐"), h("a", { class: "quiet tvlink", href: page.link("/tv"), title: t("nav.tv_about") }, "TV")),
  );
}

function nextTheme() {
  const next = { auto: "dark", dark: "light", light: null }[recall("theme") ?? "auto"];
  remember("theme", next);
  applyTheme();
  draw();
}

function applyTheme() {
  const theme = recall("theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  else delete document.documentElement.dataset.theme;
  recolour();
}

/** What must be said about the line and the data before anything else; empty when all is well. */
function banner() {
  const timed = seen();
  if (page.paused && here.name === "board") {
    return h("p", { class: "banner", role: "status", "data-key": "banner" }, t("banner.paused", { at: timed ? moment(timed.as_of, timed.zone, timed.as_of) : "–" }));
  }
  if (page.line === "lost" || page.line === "stale") {
    const at = timed ? moment(page.heardAt ?? timed.as_of, timed.zone, page.now) : null;
    const [known, never] = page.line === "lost" ? ["banner.disconnected", "banner.never"] : ["banner.stale", "banner.stale_never"];
    return h("p", { class: "banner", role: "alert", "data-key": "banner" }, shape("silent"), " ", at ? t(known, { at }) : t(never));
  }
  const { overview } = page.models;
  if (here.name !== "board" && overview?.started && overview.units.some(({ is_open }) => is_open) && overview.units.every(({ quiet }) => quiet)) {
    return h("p", { class: "banner", role: "alert", "data-key": "banner" }, shape("silent"), " ", t("banner.silent", { at: moment(overview.last_event, overview.zone, page.now) }));
  }
  return h("p", { class: "banner", hidden: true, "data-key": "banner" });
}

function foot() {
  const { overview } = page.models;
  return h(
    "footer",
    { class: "foot", "data-key": "foot" },
    h("span", {}, here.name !== "board" && overview?.last_event != null && t("foot.last", { at: moment(overview.last_event, overview.zone, page.now) })),
    here.name === "overview" && h("span", { class: "keys" }, t("foot.keys")),
  );
}

/** Learn the widths charts are shown at; draw again where one changed. */
function measure() {
  let changed = false;
  for (const node of root.querySelectorAll("[data-chart]")) {
    const style = getComputedStyle(node);
    const width = Math.floor(node.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight));
    const id = node.dataset.chart;
    if (width > 40 && Math.abs((page.widths[id] ?? 0) - width) > 1) {
      page.widths[id] = width;
      changed = true;
    }
  }
  if (here.name === "tv") {
    const list = root.querySelector(".tvlists");
    const row = list?.querySelector("tbody tr");
    if (row) {
      const least = 3.25 * parseFloat(getComputedStyle(document.documentElement).fontSize); // a row of 28 px letters
      const room = window.innerHeight - list.getBoundingClientRect().top - list.querySelector("thead").offsetHeight - 1.25 * least;
      const rows = Math.max(1, Math.floor(room / least));
      if (rows !== page.tvRows) {
        page.tvRows = rows;
        changed = true;
      }
    }
  }
  if (changed) draw();
}

function listen() {
  line?.close();
  line = null;
  page.missing = null;
  if (here.address === null || (here.name === "board" && page.paused)) {
    page.line = null;
    return;
  }
  line = follow(here.address, {
    message(topic, model) {
      if (topic === "missing") {
        page.missing = model.code;
        return draw();
      }
      if (topic === "unit") page.missing = null;
      page.models[topic] = model;
      page.now = Math.max(model.as_of, page.now ?? 0);
      page.heardAt = page.now;
      draw();
    },
    tick(now) {
      page.now = page.heardAt = now;
      draw();
    },
    state(state) {
      page.line = state;
      if (state === "lost") mayLook();
      draw();
    },
  });
}

/** For whoever is no viewer: no data came, and none will. */
const barred = () => h("main", { id: "main", class: "plain", tabindex: -1, "data-key": "barred" }, h("h1", {}, t("viewer.barred")), h("p", {}, t("viewer.what_next")));

/** Ask whether this browser may look; a token may have been taken back since. */
async function mayLook() {
  try {
    const answer = await fetch("/api/viewer");
    if ((answer.status === 401) === page.barred) return;
    page.barred = answer.status === 401;
    if (page.barred) line?.close();
    else if (answer.ok) arrive();
    draw();
  } catch {
    // not connected: the line says so
  }
}

/** Load what a page of boards shows, then follow it. An answer that comes after the reader went on is dropped. */
async function openBoards() {
  const asked = here;
  try {
    page.boards ??= await (await fetch("/api/boards")).json();
    page.records ??= (await (await fetch("/api/viewer")).json()).records === true;
    if (asked.name === "board") {
      const told = await definition(asked.uid);
      const found = told && (await frames(asked.uid, dataQuery()));
      if (asked !== here) return;
      page.board = { uid: asked.uid, told, problem: told === null ? {} : (found.fault ?? null) };
      if (found?.model) {
        page.models.board = found.model;
        page.now = page.heardAt = found.model.as_of;
      }
      if (told !== null && !found.fault) listen();
    }
  } catch {
    if (asked !== here) return;
    page.line = "lost";
    setTimeout(() => asked === here && openBoards(), 2000);
  }
  draw();
}

function go(address) {
  const before = location.pathname;
  history.pushState(null, "", address);
  arrive();
  if (location.pathname === before) return; // another choice on the same board: the reader stays where he is
  scrollTo(0, 0);
  document.getElementById("main")?.focus({ preventScroll: true });
}

function arrive() {
  const before = here;
  here = route();
  page.points = {};
  page.kiosk = new URLSearchParams(location.search).has("kiosk");
  if (here.name === "board" || here.name === "boards") {
    if (here.uid !== before.uid || here.name !== before.name) {
      page.board = { uid: here.uid, told: null, problem: null };
      page.models.board = null;
      page.tabled.clear();
      page.paused = page.ownRange = false;
    }
    if (here.name === "board") speakOf(here.uid);
    line?.close();
    page.line = null;
    openBoards();
  } else if (here.address !== before.address || page.missing) listen();
  render();
}

page.pause = () => {
  page.paused = !page.paused;
  listen();
  draw();
};

document.addEventListener("click", (event) => {
  for (const menu of root.querySelectorAll("details[open]")) if (!menu.contains(event.target)) menu.open = false;
  const anchor = event.target.closest?.("a[href]");
  if (!anchor || event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const url = new URL(anchor.href);
  if (url.origin !== location.origin || url.hash || url.pathname === "/catat" || url.pathname.startsWith("/assets/") || url.pathname.startsWith("/api/")) return;
  event.preventDefault();
  go(url.pathname + url.search);
});
window.addEventListener("popstate", arrive);
window.addEventListener("resize", draw);
for (const media of ["print", "(prefers-color-scheme: dark)", "(forced-colors: active)", "(prefers-contrast: more)"]) matchMedia(media).addEventListener("change", recolour);
window.addEventListener("beforeprint", recolour);
document.addEventListener("keydown", (event) => {
  if (event.metaKey || event.ctrlKey || event.altKey) return;
  const typing = event.target.matches?.("input, textarea, select");
  if (event.key === "/" && !typing) {
    const field = document.getElementById("search");
    if (field) {
      event.preventDefault();
      field.focus();
    }
  }
  if (event.key === "Escape" && event.target.id === "search") {
    event.target.value = "";
    page.search("");
    event.target.blur();
  } else if (event.key === "Escape" && event.target.closest?.("details[open]")) {
    const menu = event.target.closest("details");
    menu.open = false;
    menu.querySelector("summary").focus();
  } else if (event.key === "Escape" && page.kiosk) {
    const query = new URLSearchParams(location.search);
    query.delete("kiosk");
    go(`${location.pathname}${query.size ? `?${query}` : ""}`);
  } else if (event.key === "Escape" && here.name === "unit" && !event.target.matches?.("time-chart")) {
    go(page.link("/"));
  }
  const by = { ArrowDown: 1, ArrowUp: -1, j: 1, k: -1 }[event.key];
  if (by && (!typing || event.target.id === "search" && event.key.startsWith("Arrow")) && here.name === "overview") {
    const links = [...root.querySelectorAll("a[data-unit]")];
    const from = links.indexOf(document.activeElement);
    const next = links[from < 0 ? (by > 0 ? 0 : links.length - 1) : Math.max(0, Math.min(links.length - 1, from + by))];
    if (next && (from >= 0 || event.key === "j" || event.key === "k" || event.target.id === "search")) {
      event.preventDefault();
      next.focus();
    }
  }
});

document.documentElement.lang = language();
if (new URLSearchParams(location.search).has("lang")) remember("lang", language());
applyTheme();
withBoards(page, { go, draw });
here = { name: null }; // arrive begins afresh
arrive();
mayLook();
