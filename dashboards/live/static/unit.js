// One unit: now, today, the trend, satisfaction, training.

import { dotRow, dotScale, lines, ticks, timeTicks } from "./charts.js";
import { h } from "./dom.js";
import { date } from "./format.js";
import { badge, chartFigure, clock, duration, figure, index, large, look, moment, number, over, percent, percents, ratioText, reason, shape, table, usualDays, unknown, whyUnknown } from "./parts.js";
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

function hours(day, zone, width) {
  const found = [];
  for (let i = 0; i < day.arrivals.length; i++) {
    const at = day.start + i * SLOT_MS;
    const minute = Number(new Intl.DateTimeFormat("en", { timeZone: zone, minute: "numeric" }).format(at));
    if (minute === 0) found.push({ index: i, label: clock(at, zone) });
  }
  const every = Math.ceil(found.length / Math.max(2, Math.min(6, Math.floor((width - 120) / 60))));
  return found.filter((_, i) => i % every === 0);
}

function arrivalsChart(page, model) {
  const { day, zone } = model;
  const at = page.at("arrivals");
  const span = (i) => `${clock(day.start + i * SLOT_MS, zone)}–${clock(day.start + (i + 1) * SLOT_MS, zone)}`;
  const top = Math.max(4, ...[...day.arrivals, ...day.served, ...day.usual_high].filter((value) => value !== null));
  const yTicks = ticks(top);
  return chartFigure(page, {
    id: "arrivals",
    title: t("arrivals.title"),
    about: day.usual_days > 1 ? t("arrivals.about", { days: usualDays(day.usual_days, model.as_of, zone) }) : t("arrivals.about_no_band"),
    readout: at === null ? null : t("arrivals.readout", { span: span(at), arrivals: shown(day.arrivals[at], number) ?? "–", served: shown(day.served[at], number) ?? "–", low: shown(day.usual_low[at], number) ?? "–", high: shown(day.usual_high[at], number) ?? "–" }),
    empty: day.arrivals.some((value) => value !== null) || day.usual_days > 1 ? null : t("chart.empty"),
    chart: (width, point, onPoint) =>
      lines({
        id: "arrivals-chart", width, height: 224, count: day.arrivals.length, at: point, onPoint, yTicks, yLabel: (value) => number(value), xTicks: hours(day, zone, width), label: t("arrivals.label"),
        series: [{ name: t("arrivals.came"), values: day.arrivals }, { name: t("arrivals.done"), values: day.served }],
        band: day.usual_days > 1 ? { low: day.usual_low, high: day.usual_high, name: t("arrivals.usual") } : null,
      }),
    asTable: () =>
      table({
        caption: t("arrivals.title"),
        columns: [{ label: t("chart.time") }, { label: t("arrivals.came"), align: "num" }, { label: t("arrivals.done"), align: "num" }, { label: t("arrivals.usual"), align: "num" }],
        rows: day.arrivals.map((value, i) => [span(i), shown(value, number), shown(day.served[i], number), day.usual_low[i] === null ? null : `${number(day.usual_low[i])}–${number(day.usual_high[i])}`]).filter(([, value]) => value !== null),
      }),
  });
}

function waitsChart(page, model) {
  const { day, zone, promise } = model;
  const limit = promise?.limit_ms && promise.measure.startsWith("wait") ? promise.limit_ms : null;
  const at = page.at("waits");
  const span = (i) => `${clock(day.start + i * SLOT_MS, zone)}–${clock(day.start + (i + 1) * SLOT_MS, zone)}`;
  const top = Math.max(60_000, limit === null ? 0 : limit * 1.1, ...day.wait_p90.filter((value) => value !== null));
  return chartFigure(page, {
    id: "waits",
    title: t("waits.title"),
    about: t(limit === null ? "waits.about_no_promise" : "waits.about"),
    readout: at === null ? null : t("waits.readout", { span: span(at), p50: shown(day.wait_p50[at], duration) ?? "–", p90: shown(day.wait_p90[at], duration) ?? "–", n: number(day.waits[at]) }),
    empty: day.wait_p50.some((value) => value !== null) ? null : t("chart.empty"),
    chart: (width, point, onPoint) =>
      lines({
        id: "waits-chart", width, height: 224, count: day.arrivals.length, at: point, onPoint, yTicks: timeTicks(top), yLabel: (ms) => (ms === 0 ? number(0) : duration(ms)), xTicks: hours(day, zone, width), label: t("waits.label"),
        series: [{ name: t("waits.p50"), values: day.wait_p50 }, { name: t("waits.p90"), values: day.wait_p90 }],
        limit: limit === null ? null : { value: limit, name: t("waits.promise") },
      }),
    asTable: () =>
      table({
        caption: t("waits.title"),
        columns: [{ label: t("chart.time") }, { label: t("waits.p50"), align: "num" }, { label: t("waits.p90"), align: "num" }, { label: t("chart.n"), align: "num" }],
        rows: day.wait_p50.map((value, i) => [span(i), shown(value, duration), shown(day.wait_p90[i], duration), number(day.waits[i])]).filter(([, value]) => value !== null),
      }),
  });
}

function months(days, width) {
  const found = [];
  days.forEach((day, index) => {
    const date_ = new Date(`${day}T00:00:00Z`);
    if (date_.getUTCDay() === 1 || index === 0) found.push({ index, label: date(day).split(" ").slice(1).join(" ") });
  });
  const every = Math.ceil(found.length / Math.max(2, Math.min(6, Math.floor((width - 120) / 80))));
  return found.filter((_, i) => (found.length - 1 - i) % every === 0);
}

function marksOf(trend) {
  return trend.marks
    .filter(({ kind }) => kind !== "holiday")
    .map(({ day, title }) => ({ index: trend.days.findIndex((listed) => listed >= day), label: title.length > 26 ? `${title.slice(0, 25)}…` : title }))
    .filter(({ index: found }) => found >= 0);
}

const closedDays = (trend) => trend.closed.flatMap((closed, i) => (closed ? [i] : []));

function trendChart(page, model) {
  const { trend, as_of: now, zone } = model;
  const at = page.at("trend");
  const holiday = (day) => trend.marks.find((mark) => mark.day === day && mark.kind === "holiday")?.title;
  const percentTop = [0, 0.25, 0.5, 0.75, 1];
  return chartFigure(page, {
    id: "trend",
    title: t("trend.title"),
    about: t(trend.middle.some((value) => value !== null) ? "trend.about" : "trend.about_no_limits"),
    readout: at === null ? null : trend.share[at] === null ? t("trend.readout_none", { day: date(trend.days[at], now, zone), why: holiday(trend.days[at]) ?? t("trend.closed") }) : t("trend.readout", { day: date(trend.days[at], now, zone), share: percent(trend.share[at]), n: number(trend.judged[at]), limits: trend.low[at] === null ? "–" : percents(trend.low[at], trend.high[at]) }),
    chart: (width, point, onPoint) =>
      lines({
        id: "trend-chart", width, height: 224, count: trend.days.length, at: point, onPoint, yTicks: percentTop, yLabel: percent, xTicks: months(trend.days, width), label: t("trend.label"),
        series: [{ name: t("trend.share"), values: trend.share, kind: "dots" }],
        limits: { low: trend.low, middle: trend.middle, high: trend.high }, marks: marksOf(trend), shade: closedDays(trend),
      }),
    asTable: () =>
      table({
        caption: t("trend.title"),
        columns: [{ label: t("chart.day") }, { label: t("trend.share"), align: "num" }, { label: t("chart.n"), align: "num" }, { label: t("trend.limits"), align: "num" }, { label: t("strip.served"), align: "num" }],
        rows: trend.days.map((day, i) => [date(day, now, zone), shown(trend.share[i], percent), number(trend.judged[i]), trend.low[i] === null ? null : percents(trend.low[i], trend.high[i]), shown(trend.served[i], number)]).reverse(),
      }),
  });
}

function trendWaits(page, model) {
  const { trend, as_of: now, zone, promise } = model;
  const limit = promise?.limit_ms && promise.measure.startsWith("wait") ? promise.limit_ms : null;
  const at = page.at("trendwaits");
  const top = Math.max(60_000, limit === null ? 0 : limit * 1.1, ...trend.wait_p90.filter((value) => value !== null));
  return chartFigure(page, {
    id: "trendwaits",
    title: t("trendwaits.title"),
    about: t(limit === null ? "waits.about_no_promise" : "trendwaits.about"),
    readout: at === null ? null : t("trendwaits.readout", { day: date(trend.days[at], now, zone), p50: shown(trend.wait_p50[at], duration) ?? "–", p90: shown(trend.wait_p90[at], duration) ?? "–" }),
    chart: (width, point, onPoint) =>
      lines({
        id: "trendwaits-chart", width, height: 224, count: trend.days.length, at: point, onPoint, yTicks: timeTicks(top), yLabel: (ms) => (ms === 0 ? number(0) : duration(ms)), xTicks: months(trend.days, width), label: t("trendwaits.label"),
        series: [{ name: t("waits.p50"), values: trend.wait_p50 }, { name: t("waits.p90"), values: trend.wait_p90 }],
        limit: limit === null ? null : { value: limit, name: t("waits.promise") }, marks: marksOf(trend), shade: closedDays(trend),
      }),
    asTable: () =>
      table({
        caption: t("trendwaits.title"),
        columns: [{ label: t("chart.day") }, { label: t("waits.p50"), align: "num" }, { label: t("waits.p90"), align: "num" }],
        rows: trend.days.map((day, i) => [date(day, now, zone), shown(trend.wait_p50[i], duration), shown(trend.wait_p90[i], duration)]).reverse(),
      }),
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

