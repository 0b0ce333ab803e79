// Ikhtisar: what is falling, who waits too long, how the day goes; then the units, those in need first.

import { h } from "./dom.js";
import { when } from "./format.js";
import { badge, brief, clock, duration, figure, index, large, last, look, moment, number, over, percent, ratioBar, ratioText, reason, shape, unknown, usual, usualDays, usualShare, whyUnknown } from "./parts.js";
import { timeChart } from "./time_chart.js";
import { t } from "./words.js";

const SLOT_MS = 1_800_000;

/** States that somebody should look at, most pressing first. */
export const NEEDS = ["falling", "overdue", "below", "silent"];

/** How many units are in each state. */
export function tally(units) {
  const counts = {};
  for (const { state } of units) counts[state.key] = (counts[state.key] ?? 0) + 1;
  return counts;
}

/** The answer in one sentence: [state for its shape, sentence]. */
export function verdict(model) {
  const counts = tally(model.units);
  if (!model.units.length) return ["none", t("verdict.no_units")];
  if (!model.started) return ["none", t("verdict.not_started")];
  for (const key of NEEDS) {
    const inState = model.units.filter(({ state }) => state.key === key);
    if (inState.length === 1) return [key, t(`verdict.${key}_one`, { name: brief(inState[0].name) })];
    if (inState.length === 2) return [key, t(`verdict.${key}_two`, { first: brief(inState[0].name), second: brief(inState[1].name) })];
    if (inState.length) return [key, t(`verdict.${key}`, { n: number(inState.length) })];
  }
  if (counts.closed === model.units.length) return ["closed", t("verdict.closed")];
  if (counts.good) return ["good", t("verdict.good", { n: number(counts.good) })];
  return ["few", t("verdict.few")];
}

/** The other states in numbers: "1 di bawah janji · 15 sesuai janji". */
export function tallyLine(model, except) {
  const counts = tally(model.units);
  return ["falling", "overdue", "below", "silent", "good", "few", "closed", "none"]
    .filter((key) => counts[key] && key !== except)
    .map((key) => h("span", { class: "count" }, shape(key), ` ${number(counts[key])} ${t(`count.${key}`)}`));
}

/** The six numbers. */
export function strip(model) {
  const { strip: six, as_of: now, zone, minimum } = model;
  const why = model.started ? (model.last_event === null ? t("why.all_silent") : t("why.since", { since: when(model.last_event, zone, now) })) : t("why.never");
  const unless = (known) => (known ? null : why);
  const without = six.silent && model.started ? t("strip.without", { n: number(six.silent) }) : null;
  const ikm = index(six.ikm);
  return h(
    "dl",
    { class: "strip" },
    figure({
      key: "waiting", label: t("strip.waiting"), why: unless(six.waiting !== null), value: number(six.waiting), unit: t("unit.people"), state: six.overdue ? "watch" : null,
      lines: [six.overdue ? over(t("strip.overdue", { n: number(six.overdue) })) : t("strip.none_overdue"), without],
    }),
    figure({
      key: "longest", label: t("strip.longest"), why: unless(six.waiting !== null), value: six.longest_since === null ? "–" : large(now - six.longest_since), state: six.overdue ? "watch" : null,
      lines: [six.longest_since === null ? t("strip.nobody") : h("span", { class: "name" }, brief(six.longest_name))],
      extra: six.longest_since !== null && t("strip.since", { at: clock(six.longest_since, zone) }),
    }),
    figure({
      key: "served", label: t("strip.served"), why: unless(model.started), value: number(six.served), unit: t("unit.people"),
      lines: [(without && t("strip.incomplete", { n: number(six.silent) })) ?? usual(six.served_usual, (value) => number(value)) ?? t("usual.unknown")],
      extra: !without && six.served_usual && usualDays(six.served_usual.days, now, zone),
    }),
    figure({
      key: "kept", label: t("strip.kept"), why: model.started ? (six.judged ? null : t("why.none_judged")) : why, value: six.judged ? percent(six.kept / six.judged) : "", few: six.judged < minimum,
      lines: [usualShare(six.share_usual), six.judged < minimum && t("few.n", { n: number(six.judged) })],
      extra: six.judged >= minimum && t("n", { n: number(six.judged) }),
    }),
    figure({ key: "ikm", label: t("strip.ikm"), why: ikm.value === null ? t("ikm.none") : null, value: ikm.value, unit: ikm.grade && t("ikm.grade", { grade: ikm.grade }), few: ikm.few, lines: ikm.few ? ikm.lines : ikm.lines.slice(0, 1), extra: !ikm.few && ikm.lines[1] }),
    figure({
      key: "counters", label: t("strip.counters"), why: six.counters_open === null && six.waiting !== null ? t("counters.unknown") : unless(six.counters_open !== null), value: number(six.counters_open), unit: t("unit.counters"),
      lines: [six.counters_paused > 0 && t("strip.paused", { n: number(six.counters_paused) }), without],
      extra: six.counters_paused === 0 && t("strip.none_paused"),
    }),
  );
}

/** What the sparkline shows, for those who do not see it. */
function sparkWords(row) {
  const known = row.spark.today.filter((value) => value !== null);
  return t("spark.label", { n: number(row.arrivals), last: known.length ? number(known.at(-1)) : "–", days: number(row.spark.usual_days) });
}

/** Today's arrivals over the band of the same weekday. */
function sparkline({ spark, zone, ...row }) {
  const times = spark.today.map((_, i) => spark.start + i * SLOT_MS);
  return timeChart({
    of: JSON.stringify(spark), bare: true, times, series: [{ name: "", look: "ink", values: spark.today }], bands: [{ low: spark.low, high: spark.high }],
    from: times[0], to: times.at(-1) + SLOT_MS, zone, width: 144, height: 32, least: 0, label: sparkWords({ spark, ...row }),
  });
}

function unitRow(page, row, model) {
  const { as_of: now, minimum } = model;
  const ikm = index(row.ikm, { short: true });
  const dash = () => unknown(whyUnknown(row, now));
  const ratioFew = row.ratio_n < minimum;
  return h(
    "tr",
    { "data-key": row.code, class: look(row.state.key) },
    h("th", { scope: "row", class: "unit" }, h("a", { href: page.link(`/unit/${encodeURIComponent(row.code)}`), "data-unit": row.code }, row.name)),
    h("td", { class: "state" }, badge(row.state.key), h("span", { class: "beside" }, reason(row, now, minimum))),
    h("td", { class: "day" }, sparkline(row)),
    h("td", { class: "num waiting" }, h("span", { class: "hidden" }, `${t("col.waiting")}: `), row.waiting === null ? dash() : h("span", { class: "value" }, number(row.waiting)), h("span", { class: "small" }, ` ${t("unit.waiting")}`)),
    h("td", { class: "num longest" }, h("span", { class: "small" }, `${t("small.longest")} `), row.waiting_since !== null ? h("span", { class: row.overdue ? "watch" : null }, duration(now - row.waiting_since)) : row.waiting === null ? dash() : h("span", { class: "muted" }, "–")),
    h(
      "td",
      { class: `num ratio${ratioFew ? " few" : ""}`, title: ratioFew ? t("few.n", { n: number(row.ratio_n) }) : t("n", { n: number(row.ratio_n) }) },
      h("span", { class: "small" }, `${t("small.ratio")} `),
      row.ratio === null ? (row.waiting === null ? dash() : unknown(t("why.no_promise"))) : h("span", {}, ratioText(row.ratio)),
      ratioBar(row),
      ratioFew && row.ratio !== null && h("span", { class: "beside" }, t("few.n", { n: number(row.ratio_n) })),
    ),
    h("td", { class: `num ikm${ikm.few ? " few" : ""}` }, ikm.value === null ? unknown(t("ikm.none")) : [h("span", { class: "value" }, ikm.value, " ", h("abbr", { title: t(`grade.${ikm.grade}`) }, ikm.grade)), h("span", { class: "beside" }, ikm.lines.join(" · "))]),
    h("td", { class: "num last" }, last(row, now)),
  );
}

/** The page. */
export function overviewPage(page) {
  const model = page.models.overview;
  if (!model) return h("main", { id: "main", tabindex: -1, "data-key": "overview" }, h("p", { class: "empty" }, t("state.loading")));
  const [key, sentence] = verdict(model);
  const shown = page.ordered(model.units).filter((row) => page.matches(row));
  return h(
    "main",
    { id: "main", tabindex: -1, "data-key": "overview" },
    h(
      "section",
      { class: "verdict", role: "status" },
      h("h1", {}, shape(key), " ", sentence),
      h("p", { class: "tally" }, model.started ? tallyLine(model, key) : t("start.what_next")),
    ),
    model.units.length > 0 && strip(model),
    model.units.length > 0 &&
      h(
        "section",
        { class: "units" },
        h(
          "div",
          { class: "bar" },
          h("h2", {}, t("units.title", { n: number(model.units.length) })),
          h("label", { class: "search" }, h("span", { class: "hidden" }, t("units.search")), h("input", { type: "search", id: "search", placeholder: t("units.search"), autocomplete: "off", spellcheck: "false", oninput: (event) => page.search(event.target.value) })),
        ),
        shown.length
          ? h(
              "table",
              { class: "units" },
              h("caption", { class: "hidden" }, t("units.caption")),
              h(
                "thead",
                {},
                h(
                  "tr",
                  {},
                  ["unit", "state", "day", "waiting", "longest", "ratio", "ikm", "last"].map((name) => h("th", { scope: "col", class: `${name}${["unit", "state", "day"].includes(name) ? "" : " num"}`, title: t(`col.${name}_about`) }, t(`col.${name}`))),
                ),
              ),
              h("tbody", {}, shown.map((row) => unitRow(page, row, model))),
            )
          : h("p", { class: "empty" }, t("units.nothing", { text: page.sought })),
      ),
    model.units.length > 0 && definitions(),
  );
}

/** What each number means, printed below the numbers. */
function definitions() {
  return h(
    "details",
    { class: "definitions", "data-own": true },
    h("summary", {}, t("definitions.title")),
    h("dl", {}, ["state", "waiting", "longest", "served", "kept", "ratio", "day", "ikm", "few"].map((name) => h("div", {}, h("dt", {}, t(`definition.${name}`)), h("dd", {}, t(`definition.${name}_is`))))),
  );
}

const ROOMY = 6; // so few units stand in one column, in larger letters

/** The overview without interaction: what fits, nothing small, stale numbers covered. */
export function tvPage(page) {
  const model = page.models.overview;
  if (!model) return h("main", { class: "tv", "data-key": "tv" }, h("p", { class: "empty" }, t("state.loading")));
  const [key, sentence] = verdict(model);
  const stale = page.line !== "live";
  const rows = model.units.slice(0, page.tvRows * 2);
  const roomy = model.units.length <= ROOMY;
  const half = roomy ? rows.length : Math.ceil(rows.length / 2);
  const rest = model.units.length - rows.length;
  const filled = (part) => [...part, ...Array(half - part.length).fill(null)];
  const list = (part, side) =>
    h(
      "table",
      { class: "tvunits", "data-key": side },
      h("caption", { class: "hidden" }, t("units.caption")),
      h("thead", {}, h("tr", {}, ["unit", "state", "waiting", "longest"].map((name) => h("th", { scope: "col", class: ["waiting", "longest"].includes(name) ? "num" : null }, t(`tv.${name}`))))),
      h(
        "tbody",
        {},
        filled(part).map((row) =>
          row === null ? h("tr", { class: "blank", "aria-hidden": "true" }, h("td", { colspan: 4 }, "\u00a0")) : h(
            "tr",
            { "data-key": row.code },
            h("th", { scope: "row" }, brief(row.name)),
            h("td", {}, badge(row.state.key)),
            h("td", { class: "num" }, stale || row.waiting === null ? covered() : number(row.waiting)),
            h("td", { class: `num${row.overdue ? " watch" : ""}` }, stale || row.waiting === null ? covered() : row.waiting_since === null ? "–" : duration(model.as_of - row.waiting_since)),
          ),
        ),
      ),
    );
  return h(
    "main",
    { class: `tv${stale ? " stale" : ""}`, "data-key": "tv" },
    h(
      "header",
      { class: "tvhead" },
      h("h1", {}, stale ? t("tv.stale", { at: moment(model.as_of, model.zone, page.now) }) : [shape(key), " ", sentence]),
      h("div", { class: "tvclock" }, h("span", { class: "value" }, clock(page.now, model.zone)), h("span", { class: "beside" }, model.last_event === null ? t("why.never") : t("tv.last", { at: moment(model.last_event, model.zone, page.now) }))),
    ),
    stale ? h("p", { class: "cover", role: "alert" }, t("tv.covered")) : strip(model),
    h("div", { class: `tvlists${roomy ? " roomy" : ""}` }, list(rows.slice(0, half), "left"), !roomy && list(rows.slice(half), "right")),
    rest > 0 && h("p", { class: "rest" }, t("tv.rest", { n: number(rest) })),
  );
}

const covered = () => h("span", { class: "covered" }, h("span", { class: "hidden" }, t("tv.covered")));
