// Pieces that several pages use: states, numbers with what stands beside them, charts with their table.

import { h } from "./dom.js";
import { ago, clock, duration, durationParts, moment, number, percent, percents, weekday, when, zoneName } from "./format.js";
import { ABBREVIATIONS } from "./texts.js";
import { spoken, t } from "./words.js";

const LOOKS = {
  falling: ["bad", "down"], overdue: ["watch", "up"], below: ["watch", "up"], silent: ["ink", "diamond"], few: ["none", "ring"],
  good: ["good", "disc"], closed: ["none", "square"], none: ["none", "diamond"],
  clock: ["bad", "down"], frozen: ["bad", "down"], late: ["watch", "up"], rejects: ["watch", "up"], rare: ["none", "ring"],
  serving: ["good", "disc"], open: ["none", "ring"], paused: ["none", "half"], unknown: ["none", "diamond"],
};

const SHAPES = {
  up: () => h("polygon", { points: "8,2 15,14 1,14" }),
  down: () => h("polygon", { points: "1,2 15,2 8,14" }),
  disc: () => h("circle", { cx: 8, cy: 8, r: 6 }),
  ring: () => h("circle", { class: "hollow", cx: 8, cy: 8, r: 5 }),
  half: () => [h("circle", { class: "hollow", cx: 8, cy: 8, r: 5 }), h("path", { d: "M8 3A5 5 0 0 0 8 13Z" })],
  square: () => h("rect", { x: 3, y: 3, width: 10, height: 10 }),
  diamond: () => h("polygon", { class: "hollow", points: "8,2 14,8 8,14 2,8" }),
};

/** The shape of a state in its colour; words stand beside it, so it is silent to those who listen. */
export function shape(key) {
  const [look, form] = LOOKS[key];
  return h("svg", { class: `shape ${look}`, viewBox: "0 0 16 16", "aria-hidden": "true" }, SHAPES[form]());
}

/** A state as shape and word, coloured; never colour alone. `kind` is "state" or "source". */
export function badge(key, kind = "state") {
  return h("span", { class: `badge ${look(key)}` }, shape(key), h("span", {}, t(`${kind}.${key}`)));
}

/** What says that somebody waits longer than promised. */
export const over = (...words) => h("span", { class: "watch" }, shape("overdue"), " ", words);

/** A name by the abbreviations everybody here uses: "Kec. Natar" for "Kantor Kecamatan Natar". */
export const brief = (name) => ABBREVIATIONS.reduce((text, [long, short]) => text.replace(long, short), name);

/** The colour class of a state: good, watch, bad or none. */
export const look = (key) => LOOKS[key][0];

/** Why a unit is in its state, in one short line. */
export function reason(row, now, minimum) {
  const { key, since } = row.state;
  if (key === "falling") {
    const values = { share: percent(row.kept / row.judged), n: number(row.judged), usual: percent(row.usual_share) };
    const words = t(since === null ? "reason.falling" : "reason.falling_since", { ...values, since: since && clock(since, row.zone) });
    return row.quiet && row.last_event !== null ? `${words}; ${t("reason.silent", { since: when(row.last_event, row.zone, now) })}` : words;
  }
  if (key === "overdue") {
    return t(row.overdue === 1 ? "reason.overdue_one" : "reason.overdue", { n: number(row.overdue), since: clock(since, row.zone) });
  }
  if (key === "below") return t("reason.below", { share: percent(row.kept / row.judged), n: number(row.judged) });
  if (key === "silent") return since === null ? t("reason.none") : t("reason.silent", { since: when(since, row.zone, now) });
  if (key === "few") return t("reason.few", { n: number(row.judged), minimum: number(minimum) });
  if (key === "closed") return row.opens_next === null ? "" : t("reason.closed", { at: when(row.opens_next, row.zone, now) });
  if (key === "none") return t("reason.none");
  return row.judged ? t("reason.good", { share: percent(row.kept / row.judged), n: number(row.judged) }) : "";
}

/** A dash for what is not known, with the reason to be read. */
export function unknown(why) {
  return h("span", { class: "unknown", title: why }, "–", h("span", { class: "hidden" }, ` ${why}`));
}

/** Why a unit's present numbers are not known. */
export function whyUnknown(row, now) {
  return row.last_event === null ? t("why.never") : t("why.since", { since: moment(row.last_event, row.zone, now) });
}

/**
 * A number that stands large: label, value with unit, lines of comparison, and one more where there is room.
 * `few` greys it;
 * with `why` it is not known, and says why. */
export function figure({ label, value, unit, lines = [], extra = null, few = false, state = null, key, why = null }) {
  if (why !== null) return figure({ key, label, value: h("span", { class: "unknown" }, "–"), lines: [why] });
  return h(
    "div",
    { class: `figure${few ? " few" : ""}`, "data-key": key },
    h("dt", {}, label),
    h(
      "dd",
      { class: state },
      h("span", { class: "value" }, value, unit && h("span", { class: "unit" }, ` ${unit}`)),
      lines.filter(Boolean).map((line) => h("span", { class: "beside" }, line)),
      extra && h("span", { class: "beside extra" }, extra),
    ),
  );
}

/** A duration for a large place: numbers large, units small. */
export function large(ms) {
  return durationParts(ms).flatMap(([value, unit], i) => [i ? " " : "", value, h("span", { class: "unit" }, ` ${unit}`)]);
}

/** "biasanya 1.020–1.150" out of {low, high}. */
export function usual(range, show) {
  if (!range) return null;
  const [low, high] = [show(range.low), show(range.high)];
  return t("usual.one", { value: low === high ? low : `${low}–${high}` });
}

/** "biasanya 88–91 %". */
export const usualShare = (range) => range && t("usual.one", { value: percents(range.low, range.high) });

/** What "usual" is: "4 Selasa sebelumnya". */
export const usualDays = (n, now, zone) => t("usual.days", { n: number(n), day: weekday(now, zone) });

/** The ratio of waits to the promise as a bar against the line of 1.0. */
export function ratioBar(row) {
  if (row.ratio === null) return null;
  const width = 72;
  const x = Math.min(row.ratio, 2) * (width / 2);
  return h(
    "svg",
    { class: `ratio ${row.ratio > 1 ? "over" : "within"}`, viewBox: `0 0 ${width} 16`, width, height: 16, "aria-hidden": "true" },
    h("line", { class: "base", x1: 0, x2: width, y1: 8, y2: 8 }),
    h("rect", { class: "bar", x: 0, y: 5, width: Math.max(1, x).toFixed(1), height: 6 }),
    h("line", { class: "one", x1: width / 2, x2: width / 2, y1: 1, y2: 15 }),
  );
}

/** The ratio as text: "1,49", or "<0,1". */
export const ratioText = (ratio) => (ratio < 0.1 ? `<${number(0.1, 1)}` : number(ratio, 2));

/** An IKM as value, grade, interval and n; grey and said so where answers are few. */
export function index(ikm, { short = false } = {}) {
  if (ikm.value === null) return { value: null, lines: [t("ikm.none")], few: true };
  const interval = ikm.low === null ? t("ikm.no_interval") : `${number(ikm.low, 1)}–${number(ikm.high, 1)}`;
  const lines = [interval];
  if (!short) lines[0] = t("ikm.interval", { interval });
  lines.push(ikm.few ? t("few.n", { n: number(ikm.answers) }) : t("n", { n: number(ikm.answers) }));
  return { value: number(ikm.value, short ? 1 : 2), grade: ikm.grade, lines, few: ikm.few };
}

/** The time of the last event, and how long ago. */
export function last(row, now) {
  if (row.last_event === null) return unknown(t("why.never"));
  return h("span", { title: moment(row.last_event, row.zone, now) }, ago(row.last_event, now));
}

/** The words of a code, or the code itself. */
export const worded = (prefix, code) => (spoken(`${prefix}.${code}`) ? t(`${prefix}.${code}`) : code);

/** A table from columns [{label, align?}] and rows of cells. */
export function table({ caption, columns, rows, className = "" }) {
  return h(
    "div",
    { class: `scroll ${className}`, tabindex: 0, role: "region", "aria-label": caption },
    h(
      "table",
      {},
      h("caption", { class: "hidden" }, caption),
      h("thead", {}, h("tr", {}, columns.map(({ label, align }) => h("th", { scope: "col", class: align }, label)))),
      h("tbody", {}, rows.map((cells) => h("tr", {}, cells.map((cell, i) => h(i ? "td" : "th", { scope: i ? null : "row", class: columns[i].align }, cell ?? unknown(t("why.nothing"))))))),
    ),
  );
}

/**
 * A chart with a title, a sentence that says what it shows, a line that reads out the place under the pointer, and a
 * button that shows the same numbers as a table. `page` keeps what is chosen (see app.js).
 */
export function chartFigure(page, { id, title, about, readout, empty = null, chart, asTable }) {
  const tabled = page.tabled.has(id);
  return h(
    "figure",
    { class: "chartfigure", "data-key": id, "data-chart": id },
    h(
      "figcaption",
      {},
      h("h3", {}, title),
      empty === null && h("button", { type: "button", class: "quiet", "aria-pressed": String(tabled), onclick: () => page.toggleTable(id) }, t(tabled ? "chart.show" : "chart.table")),
      h("p", { class: "about" }, readout ?? about),
    ),
    empty !== null ? h("p", { class: "empty" }, empty) : tabled ? asTable() : chart(page.widthOf(id), page.at(id), (index) => page.point(id, index)),
  );
}

export { clock, duration, moment, number, percent, percents, zoneName };
