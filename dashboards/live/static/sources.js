// Kesehatan data: every source with what it last said, how late, what was refused, and what to do about it.

import { h } from "./dom.js";
import { ago } from "./format.js";
import { badge, duration, moment, number, shape, unknown, worded } from "./parts.js";
import { language, t } from "./words.js";

const CALM = ["good", "rare", "none"];

function verdict(model) {
  const troubled = model.sources.filter(({ state }) => !CALM.includes(state));
  if (!model.sources.length) return ["none", t("sources.none")];
  if (!troubled.length) return ["good", t("sources.all_good", { n: number(model.sources.length) })];
  return [troubled[0].state, t(troubled.length === 1 ? "sources.troubled_one" : "sources.troubled", { n: number(troubled.length), all: number(model.sources.length) })];
}

function clockWords(row) {
  if (row.faults.length) return row.faults.map((fault) => h("p", { class: "bad" }, fault[language()]));
  if (row.state === "clock") return h("span", { class: "bad" }, t("clock.wrong"));
  if (row.delay_ms === null) return unknown(t("why.never"));
  return t("clock.true");
}

function delayWords(row) {
  if (row.delay_ms === null) return unknown(t("why.never"));
  return Math.abs(row.delay_ms) < 1000 ? t("delay.none") : `${row.delay_ms < 0 ? "−" : ""}${duration(Math.abs(row.delay_ms))}`;
}

function rejects(row) {
  if (!row.rejects.length) return h("span", { class: "muted" }, t("rejects.none"));
  return h("ul", { class: "reasons" }, row.rejects.map(({ code, times }) => h("li", {}, `${number(times)} × ${worded("reject", code)}`)));
}

function todo(row, now) {
  const values = {
    since: row.last_event === null ? "" : moment(row.last_event, row.zone, now),
    gap: row.usual_gap_ms === null ? "" : duration(Math.max(1000, row.usual_gap_ms)),
    delay: row.delay_ms === null ? "" : duration(Math.abs(row.delay_ms)),
    n: number(row.rejects.reduce((sum, { times }) => sum + times, 0)),
    retryable: number(row.retryable),
  };
  if (row.state === "rejects" || (CALM.includes(row.state) && row.rejects.length)) return t(row.retryable ? "todo.rejects_retry" : "todo.rejects", values);
  if (row.state === "clock" && (row.retryable || row.faults.some(({ mendable }) => mendable))) return t("todo.clock_ruling", values);
  return t(`todo.${row.state}`, values);
}

function unitNames(units) {
  if (!units.length) return h("span", { class: "beside" }, t("sources.no_unit"));
  return h("span", { class: "beside" }, units.length > 2 ? t("sources.units", { n: number(units.length) }) : units.join(" · "));
}

/** The page. */
export function sourcesPage(page) {
  const model = page.models.sources;
  if (!model) return h("main", { id: "main", tabindex: -1, "data-key": "sources" }, h("p", { class: "empty" }, t("state.loading")));
  const now = page.now;
  const [key, sentence] = verdict(model);
  return h(
    "main",
    { id: "main", tabindex: -1, "data-key": "sources" },
    h(
      "section",
      { class: "verdict", role: "status" },
      h("h1", {}, shape(key), " ", sentence),
      h("p", { class: "tally" }, model.sources.length ? t("sources.about") : t("start.what_next")),
    ),
    model.sources.length > 0 &&
      h(
        "table",
        { class: "sources" },
        h("caption", { class: "hidden" }, t("sources.caption")),
        h("thead", {}, h("tr", {}, ["source", "state", "last", "delay", "clock", "rejects", "todo"].map((name) => h("th", { scope: "col", class: name, title: t(`scol.${name}_about`) }, t(`scol.${name}`))))),
        h(
          "tbody",
          {},
          model.sources.map((row) =>
            h(
              "tr",
              { "data-key": row.name, class: CALM.includes(row.state) ? "calm" : null },
              h("th", { scope: "row", class: "source" }, h("span", { class: "code" }, row.name), unitNames(row.units)),
              h("td", { class: "state" }, badge(row.state, "source")),
              h("td", { class: "last" }, h("span", { class: "small" }, `${t("scol.last")}: `), row.last_event === null ? unknown(t("why.never")) : [h("span", { title: moment(row.last_event, row.zone, now) }, ago(row.last_event, now)), h("span", { class: "beside" }, t("sources.per_day", { n: number(row.events_24h) }))]),
              h("td", { class: "delay" }, h("span", { class: "small" }, `${t("scol.delay")}: `), delayWords(row)),
              h("td", { class: "clock" }, h("span", { class: "small" }, `${t("scol.clock")}: `), clockWords(row)),
              h("td", { class: "rejects" }, h("span", { class: "small" }, `${t("scol.rejects")}: `), rejects(row)),
              h("td", { class: "todo" }, todo(row, now)),
            ),
          ),
        ),
      ),
  );
}

