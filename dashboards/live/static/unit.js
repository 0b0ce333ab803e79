// One unit: now, today, the trend, satisfaction, training.

import { h } from "./dom.js";
import { dotRow, dotScale } from "./dots.js";
import { date } from "./format.js";
import { badge, chartFigure, clock, duration, figure, index, large, look, moment, number, over, percent, percents, ratioText, reason, shape, table, usualDays, unknown, whyUnknown } from "./parts.js";
import { timeChart } from "./time_chart.js";
import { t } from "./words.js";

const SLOT_MS = 1_800_000;
const DAY_MS = 86_400_000;

const shown = (value, show) => (value === null ? null : show(value));

function now6(model) {
  const { row, as_of: now, minimum, promise } = model;
  const why = row.waiting === null ? whyUnknown(row, now) : null;
  const never = row.last_event === null && row.arrivals + row.served === 0 ? whyUnknown(row, now) : null;
  const limit = promise && promise.limit_ms && promise.measure.startsWith("wait") ? t("unit.promise", { limit: duration(promise.limit_ms) }) : null;
  const many = (n) => n >= minimum;
  const n = (count) => t(many(count) ? "n" : "few.n", { n: number(count) });
  return h(
    "dl",
    { class: "strip" },
    figure({ key: "waiting", label: t("strip.waiting"), why, value: number(row.waiting), unit: t("unit.people"), state: row.overdue ? "watch" : null, lines: [row.overdue ? over(t("strip.overdue", { n: number(row.overdue) })) : t("strip.none_overdue")] }),
    figure({ key: "longest", label: t("strip.longest"), why, value: row.waiting_since === null ? "–" : large(now - row.waiting_since), state: row.overdue ? "watch" : null, lines: [row.waiting_since === null ? t("strip.nobody") : t("strip.since", { at: clock(row.waiting_since, row.zone) }), limit] }),
    figure({ key: "counters", label: t("strip.counters"), why: why ?? (row.counters_open === null ? t("counters.unknown") : null), value: number(row.counters_open), unit: t("unit.counters"), lines: [row.in_service === null ? null : t("unit.serving", { n: number(row.in_service) }), row.counters_paused ? t("strip.paused", { n: number(row.counters_paused) }) : null] }),
    figure({ key: "served", label: t("strip.served"), why: never, value: number(row.served), unit: t("unit.people"), lines: [t("unit.arrived", { n: number(row.arrivals) })] }),
    figure({ key: "kept", label: t("strip.kept"), why: never ?? (row.judged ? null : t("why.none_judged")), value: row.judged ? percent(row.kept / row.judged) : "", few: !many(row.judged), state: row.state.key === "falling" ? "bad" : null, lines: [row.usual_share !== null && t("usual.one", { value: percent(row.usual_share) }), n(row.judged)] }),
    figure({ key: "ratio", label: t("unit.ratio"), why: why ?? (row.ratio === null ? t("why.no_promise") : null), value: row.ratio === null ? "" : ratioText(row.ratio), unit: t("unit.of_promise"), state: row.ratio > 1 && many(row.ratio_n) ? "watch" : null, few: !many(row.ratio_n), lines: [t(row.ratio > 1 ? "unit.ratio_over" : "unit.ratio_within"), n(row.ratio_n)] }),
  );
}

function queue(model) {
  const { as_of: now, row } = model;
  if (row.waiting === null) return h("p", { class: "empty" }, whyUnknown(row, now));
  if (!model.queue.length) return h("p", { class: "empty" }, t("queue.nobody"));
  return table({
    caption: t("queue.title"),
    columns: [{ label: t("queue.service") }, { label: t("strip.waiting"), align: "num" }, { label: t("strip.longest"), align: "num" }, { label: t("queue.promise"), align: "num" }],
    rows: model.queue.map(({ name, waiting, since, promise_ms: promise }) => {
      const wait = now - since;
      const late = promise !== null && wait > promise;
      return [name ?? t("queue.no_service"), number(waiting), late ? over(duration(wait), h("span", { class: "hidden" }, ` ${t("queue.over")}`)) : duration(wait), promise === null ? unknown(t("why.no_promise")) : duration(promise)];
    }),
  });
}

function counters(model) {
  const { as_of: now, row } = model;
  if (row.quiet) return h("p", { class: "empty" }, whyUnknown(row, now));
  if (!model.counters.length) return h("p", { class: "empty" }, t("counters.unknown"));
  return table({
    caption: t("counters.title"),
    columns: [{ label: t("counters.counter") }, { label: t("counters.state") }, { label: t("counters.served"), align: "num" }],
    rows: model.counters.map((counter) => {
      const key = counter.serving_since === null ? counter.state : "serving";
      const since = counter.serving_since ?? counter.since;
      return [t("counters.name", { name: counter.name }), [shape(key), " ", t(`counter.${key}`, { since: since === null ? "–" : clock(since, row.zone) })], number(counter.served)];
    }),
  });
}

const WHOLE = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000];
const DURATIONS = [1, 2, 5, 10, 15, 30].map((n) => n * 1000).concat([1, 2, 5, 10, 15, 30].map((n) => n * 60_000), [1, 2, 3, 6, 12].map((n) => n * 3_600_000), [1, 2, 5, 10, 20, 50].map((n) => n * DAY_MS));
const asDuration = { show: (ms) => (ms === 0 ? number(0) : duration(ms)), showPlain: (ms) => (ms === 0 ? number(0) : duration(ms)), increments: DURATIONS };
const limitOf = ({ promise }) => (promise?.limit_ms && promise.measure.startsWith("wait") ? { value: promise.limit_ms, name: t("waits.promise") } : null);

/** A chart of today by half hours. */
function dayChart(page, model, { id, about, readout, empty, columns, row, ...chart }) {
  const { day, zone } = model;
  const times = day.arrivals.map((_, i) => day.start + i * SLOT_MS);
  const span = (i) => `${clock(times[i], zone)}–${clock(times[i] + SLOT_MS, zone)}`;
  const say = (i) => readout(i, span(i));
  return overTime(page, model, { id, about, empty, say, times, from: times[0], to: times.at(-1) + SLOT_MS, zone, group: "day", columns: [{ label: t("chart.time") }, ...columns], rows: () => times.map((_, i) => [span(i), ...row(i)]).filter(([, value]) => value !== null), ...chart });
}

/** A chart of the days before, with trainings and days of rest marked. */
function trendOver(page, model, { id, about, readout, columns, row, ...chart }) {
  const { trend, as_of: now, zone } = model;
  const times = trend.days.map((day) => Date.parse(`${day}T00:00:00Z`));
  const marks = trend.marks.filter(({ kind }) => kind !== "holiday").map(({ day, title }) => ({ at: times[trend.days.findIndex((listed) => listed >= day)], label: title.length > 26 ? `${title.slice(0, 25)}…` : title }));
  const shade = times.filter((_, i) => trend.closed[i]).map((at) => [at - DAY_MS / 2, at + DAY_MS / 2]);
  const say = (i) => [readout(i, date(trend.days[i], now, zone)), ...marks.filter(({ at }) => at === times[i]).map(({ label }) => label)].join(" · ");
  return overTime(page, model, { id, about, say, times, from: times[0], to: times.at(-1), zone: "UTC", group: "trend", marks: marks.filter(({ at }) => at !== undefined), shade, columns: [{ label: t("chart.day") }, ...columns], rows: () => trend.days.map((day, i) => [date(day, now, zone), ...row(i)]).reverse(), ...chart });
}

function overTime(page, model, { id, title, about, empty = null, say, columns, rows, label, limit = null, bands = [], ...chart }) {
  const at = page.at(id);
  return chartFigure(page, {
    id, title, about, empty,
    readout: at === null ? null : say(at),
    chart: (width, point, onPoint) => timeChart({ id: `${id}-chart`, of: model, named: true, width, height: 224, at: point, onPoint, readout: say, least: 0, label, limit, bands, ...chart }),
    asTable: () => table({ caption: title, columns, rows: rows() }),
  });
}

function arrivalsChart(page, model) {
  const { day, zone } = model;
  const banded = day.usual_days > 1;
  const range = (i) => ({ low: shown(day.usual_low[i], number) ?? "–", high: shown(day.usual_high[i], number) ?? "–" });
  return dayChart(page, model, {
    id: "arrivals", title: t("arrivals.title"), label: t("arrivals.label"),
    about: banded ? t("arrivals.about", { days: usualDays(day.usual_days, model.as_of, zone) }) : t("arrivals.about_no_band"),
    readout: (i, span) => t("arrivals.readout", { span, arrivals: shown(day.arrivals[i], number) ?? "–", served: shown(day.served[i], number) ?? "–", ...range(i) }),
    empty: day.arrivals.some((value) => value !== null) || banded ? null : t("chart.empty"),
    series: [{ name: t("arrivals.came"), look: "s0", values: day.arrivals }, { name: t("arrivals.done"), look: "s1", values: day.served }],
    bands: banded ? [{ low: day.usual_low, high: day.usual_high, name: t("arrivals.usual") }] : [],
    show: (value) => number(value), showPlain: (value) => number(value), increments: WHOLE,
    columns: [{ label: t("arrivals.came"), align: "num" }, { label: t("arrivals.done"), align: "num" }, { label: t("arrivals.usual"), align: "num" }],
    row: (i) => [shown(day.arrivals[i], number), shown(day.served[i], number), day.usual_low[i] === null ? null : `${number(day.usual_low[i])}–${number(day.usual_high[i])}`],
  });
}

function waitsChart(page, model) {
  const { day } = model;
  const limit = limitOf(model);
  return dayChart(page, model, {
    id: "waits", title: t("waits.title"), label: t("waits.label"), about: t(limit === null ? "waits.about_no_promise" : "waits.about"),
    readout: (i, span) => t("waits.readout", { span, p50: shown(day.wait_p50[i], duration) ?? "–", p90: shown(day.wait_p90[i], duration) ?? "–", n: number(day.waits[i]) }),
    empty: day.wait_p50.some((value) => value !== null) ? null : t("chart.empty"),
    series: [{ name: t("waits.p50"), look: "s0", values: day.wait_p50 }, { name: t("waits.p90"), look: "s1", values: day.wait_p90 }],
    limit, ...asDuration,
    columns: [{ label: t("waits.p50"), align: "num" }, { label: t("waits.p90"), align: "num" }, { label: t("chart.n"), align: "num" }],
    row: (i) => [shown(day.wait_p50[i], duration), shown(day.wait_p90[i], duration), number(day.waits[i])],
  });
}

function trendChart(page, model) {
  const { trend } = model;
  const holiday = (day) => trend.marks.find((mark) => mark.day === day && mark.kind === "holiday")?.title;
  const limited = trend.middle.some((value) => value !== null);
  return trendOver(page, model, {
    id: "trend", title: t("trend.title"), label: t("trend.label"), about: t(limited ? "trend.about" : "trend.about_no_limits"),
    readout: (i, day) => (trend.share[i] === null ? t("trend.readout_none", { day, why: holiday(trend.days[i]) ?? t("trend.closed") }) : t("trend.readout", { day, share: percent(trend.share[i]), n: number(trend.judged[i]), limits: trend.low[i] === null ? "–" : percents(trend.low[i], trend.high[i]) })),
    series: [{ name: t("trend.share"), look: "s0", values: trend.share, dots: true }, ...(limited ? [{ name: "", look: "rest", values: trend.middle, dashed: true }] : [])],
    bands: limited ? [{ low: trend.low, high: trend.high, name: t("trend.limits"), watch: "low" }] : [],
    most: 1, show: percent, showPlain: percent,
    columns: [{ label: t("trend.share"), align: "num" }, { label: t("chart.n"), align: "num" }, { label: t("trend.limits"), align: "num" }, { label: t("strip.served"), align: "num" }],
    row: (i) => [shown(trend.share[i], percent), number(trend.judged[i]), trend.low[i] === null ? null : percents(trend.low[i], trend.high[i]), shown(trend.served[i], number)],
  });
}

function trendWaits(page, model) {
  const { trend } = model;
  const limit = limitOf(model);
  return trendOver(page, model, {
    id: "trendwaits", title: t("trendwaits.title"), label: t("trendwaits.label"), about: t(limit === null ? "waits.about_no_promise" : "trendwaits.about"),
    readout: (i, day) => t("trendwaits.readout", { day, p50: shown(trend.wait_p50[i], duration) ?? "–", p90: shown(trend.wait_p90[i], duration) ?? "–" }),
    series: [{ name: t("waits.p50"), look: "s0", values: trend.wait_p50 }, { name: t("waits.p90"), look: "s1", values: trend.wait_p90 }],
    limit, ...asDuration,
    columns: [{ label: t("waits.p50"), align: "num" }, { label: t("waits.p90"), align: "num" }],
    row: (i) => [shown(trend.wait_p50[i], duration), shown(trend.wait_p90[i], duration)],
  });
}

function satisfaction(model) {
  const { row, period_days: days } = model;
  const ikm = index(row.ikm);
  return h(
    "section",
    { class: "satisfaction" },
    h("h2", {}, t("satisfaction.title")),
    h(
      "dl",
      { class: "strip one" },
      figure({
        key: "ikm", label: t("satisfaction.ikm", { n: number(days) }), why: ikm.value === null ? t("ikm.none") : null, value: ikm.value, unit: ikm.grade && `${t("ikm.grade", { grade: ikm.grade })} · ${t(`grade.${ikm.grade}`)}`, few: ikm.few && ikm.value !== null,
        lines: [...ikm.lines, row.ikm.minimum !== null && ikm.value !== null && t(row.ikm.answers < row.ikm.minimum ? "ikm.below_minimum" : "ikm.enough", { minimum: number(row.ikm.minimum) }), row.ikm.straight && t("ikm.straight")],
      }),
    ),
  );
}

function elementsPlot(page, model) {
  const { elements, minimum } = model;
  if (!elements.some(({ n }) => n > 0)) return h("section", { class: "elements" }, h("h3", {}, t("elements.title")), h("p", { class: "empty" }, t("ikm.none")));
  const width = page.widthOf("elements", 200);
  const lowest = Math.min(...elements.filter(({ mean }) => mean !== null).map(({ mean }) => mean));
  // a dot plot compares places, not lengths, so its scale may begin where the marks do
  const least = Math.max(1, Math.min(3, Math.floor(2 * Math.min(...elements.flatMap(({ mean, low, before }) => [mean, low, before].filter((mark) => mark !== null)))) / 2));
  const marks = [1, 1.5, 2, 2.5, 3, 3.5, 4].filter((mark) => mark >= least);
  return h(
    "section",
    { class: "elements" },
    h("h3", {}, t("elements.title")),
    h("p", { class: "about" }, t("elements.about")),
    h(
      "table",
      { class: "elements" },
      h("caption", { class: "hidden" }, t("elements.caption")),
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, t("elements.element")), h("th", { scope: "col", class: "num" }, t("elements.mean")), h("th", { scope: "col", class: "plot" }, dotScale({ least, most: 4, width, marks, show: (mark) => number(mark, mark % 1 ? 1 : 0) }), h("span", { class: "hidden" }, t("elements.plot"))), h("th", { scope: "col", class: "num n" }, t("chart.n")))),
      h(
        "tbody",
        {},
        elements.map((element) => {
          const few = element.n < minimum;
          const words = element.mean === null ? t("elements.unanswered") : t(element.low === null ? "elements.words_no_interval" : "elements.words", { mean: number(element.mean, 2), low: shown(element.low, (v) => number(v, 2)) ?? "–", high: shown(element.high, (v) => number(v, 2)) ?? "–", n: number(element.n) });
          return h(
            "tr",
            { "data-key": element.key, class: few ? "few" : null },
            h("th", { scope: "row" }, h("span", { class: "code" }, element.code), " ", t(`element.${element.key}`), element.mean !== null && element.mean === lowest && h("span", { class: "lowest" }, t("elements.lowest"))),
            h("td", { class: "num" }, element.mean === null ? unknown(t("elements.unanswered")) : number(element.mean, 2)),
            h("td", { class: "plot", "data-chart": element.key === "persyaratan" ? "elements" : null, title: words }, dotRow({ value: element.mean, low: element.low, high: element.high, before: element.before, least, most: 4, width, few, marks, label: words })),
            h("td", { class: "num n" }, number(element.n), few && h("span", { class: "beside" }, t("few.word"))),
          );
        }),
      ),
    ),
  );
}

function training(model) {
  const { interventions, as_of: now, zone } = model;
  const done = interventions.filter(({ kind, completed }) => kind === "training" && completed);
  const when = ({ starts, ends }) => (ends === null || ends === starts ? date(starts, now, zone) : `${date(starts, now, zone)} – ${date(ends, now, zone)}`);
  return h(
    "section",
    { class: "training" },
    h("h2", {}, t("training.title")),
    h("p", {}, done.length ? t(done.length === 1 ? "training.one" : "training.some", { n: number(done.length), last: date(done.at(-1).ends ?? done.at(-1).starts, now, zone) }) : t("training.none")),
    interventions.length > 0 &&
      h(
        "ul",
        { class: "plain" },
        [...interventions].reverse().map((found) =>
          h(
            "li",
            {},
            h("span", { class: "what" }, found.title),
            h("span", { class: "beside" }, [when(found), found.jp && t("training.jp", { n: number(found.jp) }), found.participants && t("training.people", { n: number(found.participants) }), found.kind === "measure" ? t("training.measure") : found.completed ? t("training.done") : Date.parse(`${found.ends ?? found.starts}T23:59:59Z`) + DAY_MS < now ? t("training.not_held") : t("training.planned")].filter(Boolean).join(" · ")),
          ),
        ),
      ),
    h("p", { class: "about" }, t("training.effect_later")),
  );
}

/** The page. */
export function unitPage(page, code) {
  const back = h("a", { class: "back", href: page.link("/") }, `← ${t("nav.overview")}`);
  if (page.missing === code) {
    return h("main", { id: "main", tabindex: -1, "data-key": `unit-${code}` }, back, h("section", { class: "verdict" }, h("h1", {}, t("unit.unknown", { code })), h("p", { class: "tally" }, t("unit.unknown_todo"))));
  }
  const model = page.models.unit?.row.code === code ? page.models.unit : null;
  if (!model) return h("main", { id: "main", tabindex: -1, "data-key": `unit-${code}` }, back, h("p", { class: "empty" }, t("state.loading")));
  const { row, as_of: now, minimum } = model;
  return h(
    "main",
    { id: "main", tabindex: -1, "data-key": `unit-${code}`, class: "unitpage" },
    back,
    h(
      "section",
      { class: "verdict" },
      h("h1", {}, row.name),
      h("p", { class: `tally state ${look(row.state.key)}`, role: "status" }, badge(row.state.key), h("span", { class: "why" }, reason(row, now, minimum))),
      h("p", { class: "beside" }, [model.place, row.last_event === null ? t("why.never") : t("unit.last", { at: moment(row.last_event, row.zone, now) })].join(" · ")),
    ),
    h("section", { class: "now" }, h("h2", { class: "hidden" }, t("unit.now")), now6(model), h("div", { class: "pair" }, h("div", {}, h("h3", {}, t("queue.title")), queue(model)), h("div", {}, h("h3", {}, t("counters.title")), counters(model)))),
    h("section", { class: "today" }, h("h2", {}, t("unit.today")), h("div", { class: "pair" }, arrivalsChart(page, model), waitsChart(page, model))),
    h("section", { class: "trend" }, h("h2", {}, model.trend.days.length > 1 ? t("unit.trend", { n: number(model.trend.days.length) }) : t("unit.trend_title")), model.trend.days.length > 1 ? h("div", { class: "pair" }, trendChart(page, model), trendWaits(page, model)) : h("p", { class: "empty" }, t("trend.too_short"))),
    h("div", { class: "pair last" }, h("div", {}, satisfaction(model), training(model)), elementsPlot(page, model)),
  );
}

