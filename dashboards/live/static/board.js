// A board: its title and links, what can be chosen, and its panels on Grafana's grid. And the list of all boards.

import { choices } from "./choices.js";
import { h } from "./dom.js";
import { clock, moment, zoneName } from "./format.js";
import { panelView } from "./panels.js";
import { language, t } from "./words.js";

/** The list of boards in the chosen language. */
export function boardsPage(page) {
  const boards = (page.boards ?? []).filter((board) => board.language === language());
  return h(
    "main",
    { id: "main", tabindex: -1, class: "boards", "data-key": "boards" },
    h("div", { class: "verdict" }, h("h1", {}, t("board.list")), h("p", { class: "tally" }, t("board.list_about"))),
    page.boards === null
      ? h("p", { class: "empty" }, t("state.loading"))
      : h("ul", { class: "boardlist" }, boards.map(({ uid, title, description }) => h("li", {}, h("a", { href: page.boardLink(`/d/${uid}`) }, title), h("p", { class: "muted" }, description)))),
  );
}

/** The board that the address names. */
export function boardPage(page) {
  const { told, problem } = page.board;
  const model = page.models.board;
  const main = (...children) => h("main", { id: "main", tabindex: -1, class: look(page), "data-key": `board-${page.board.uid}` }, ...children);
  if (problem && !told) return main(h("div", { class: "verdict" }, h("h1", {}, t("board.no_board", { uid: page.board.uid })), h("p", {}, h("a", { href: page.link("/papan") }, t("board.list")))));
  if (!told) return main(h("h1", { class: "hidden" }, t("nav.boards")), h("p", { class: "empty" }, t("state.loading")));
  const panels = [...told.panels].sort((a, b) => a.gridPos.y - b.gridPos.y || a.gridPos.x - b.gridPos.x);
  const asOf = model && `${clock(model.as_of, model.zone)} ${zoneName(model.zone, model.as_of)}`;
  return main(
    h(
      "div",
      { class: "boardhead" },
      h("div", {}, h("h1", {}, told.title), h("p", { class: "muted" }, told.description)),
      page.kiosk ? h("p", { class: "kioskclock" }, asOf) : h("nav", { class: "boardlinks", "aria-label": t("board.links") }, links(page, told)),
    ),
    !page.kiosk && choices(page, told, model),
    problem && refusal(page, problem),
    model && h("div", { class: "boardgrid" }, panels.map((panel) => panelView(page, panel, model))),
    !model && !problem && h("p", { class: "empty" }, t("state.loading")),
    model && !page.kiosk && h("p", { class: "boardfoot muted" }, t("board.span", { from: moment(model.from_ms, model.zone, model.as_of), to: moment(model.to_ms, model.zone, model.from_ms) })),
  );
}

/** On a wall a board is larger; the one that is made for it, by so much that nothing is below 28 px at 1920. */
const look = (page) => (page.wall() ? "board kiosk wall" : page.kiosk ? "board kiosk" : "board");

function links(page, told) {
  const record = page.records && told.uid.startsWith("pantau-pelatihan") && h("a", { href: page.link("/catat") }, t("board.record"));
  const others = told.links.map(({ type, url, title }) => {
    if (type === "dashboards") return h("a", { href: page.link("/papan") }, title);
    const uid = /^\/d\/([\w-]+)/.exec(url)?.[1];
    return uid === told.twin ? null : h("a", { href: page.boardLink(url, true) }, title); // the other language has its switch in the head
  });
  return [record || null, ...others];
}

function refusal(page, { field, value }) {
  return h("div", { class: "refusal", role: "alert" }, h("p", {}, t("board.refused", { field, value })), h("p", {}, h("a", { href: page.boardLink(`/d/${page.board.uid}`) }, t("board.as_usual"))));
}
