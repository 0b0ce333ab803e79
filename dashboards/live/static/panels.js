// One panel of a board, whatever its type: a title, what it shows and what to do, its chart or rows, and the same as a table.

import { bucket, stepOf } from "./axes.js";
import { lyingBars, standable, standingBars, stateLanes } from "./bars.js";
import { statBody, tableBody, textBody } from "./cells.js";
import { h } from "./dom.js";
import { fieldsOf, limitOf, namesBy, seriesOf, shown, told, wide } from "./fields.js";
import { brief, table } from "./parts.js";
import { swatch, timeChart } from "./time_chart.js";
import { t } from "./words.js";

const ROW = 38; // Grafana's height of a row of the grid, with its gap
const BY_NAME = ["s0", "s1", "s2", "s3"];
const WHOLE = Array.from({ length: 12 }, (_, power) => [1, 2, 5].map((base) => base * 10 ** power)).flat();
const finite = (value) => value !== null && value !== undefined;

/** A panel in its place of the grid. */
export function panelView(page, panel, model) {
  const { type } = panel;
  const frame = model?.panels[panel.id];
  const id = `p${panel.id}`;
  const place = `panel ${type} w${panel.gridPos.w}`;
  if (type === "text") return h("section", { class: place, "data-key": id, "aria-label": panel.title || null }, panel.title && h("h2", {}, panel.title), textBody(page, panel));
  const body = !frame ? h("p", { class: "empty" }, t("state.loading")) : frame.failed ? h("p", { class: "empty", role: "alert" }, t("board.failed")) : null;
  if (type === "stat") return h("section", { class: place, "data-key": id, "aria-label": panel.title }, head(panel, null), body ?? statBody(panel, frame, model));
  if (type === "table") return h("section", { class: place, "data-key": id, "aria-label": panel.title }, head(panel, panel.description), body ?? tableBody(page, panel, frame, model));
  const chart = body ? null : charted(page, panel, frame, model);
  const tabled = page.tabled.has(id);
  const empty = chart?.empty ?? false;
  return h(
    "section",
    { class: place, "data-key": id, "data-chart": id, "aria-label": panel.title },
    head(panel, chart?.readout ?? panel.description, chart && !empty && h("button", { type: "button", class: "quiet", "aria-pressed": String(tabled), "aria-label": `${t(tabled ? "chart.show" : "chart.table")}: ${panel.title}`, onclick: () => page.toggleTable(id) }, t(tabled ? "chart.show" : "chart.table"))),
    body ?? (empty ? h("p", { class: "empty" }, t("board.nothing")) : tabled ? chart.asTable() : [chart.draw(), chart.legend]),
  );
}

function head(panel, about, button) {
  return h("div", { class: "panelhead" }, h("h2", { title: about === null ? panel.description : null }, panel.title, about === null && h("span", { class: "hidden" }, ` ${panel.description}`)), button, about !== null && h("p", { class: "about" }, about));
}

function charted(page, panel, frame, model) {
  const id = `p${panel.id}`;
  const fields = fieldsOf(panel, frame);
  const room = { id, width: page.widthOf(id, 480), height: Math.max(180, panel.gridPos.h * ROW - (page.wall() ? 200 : 96)), at: page.at(id), onPoint: (at) => page.point(id, at) };
  if (!fields.some(({ values }) => values.length)) return { empty: true };
  if (panel.type === "timeseries") return overTime(page, panel, fields, model, room);
  if (panel.type === "state-timeline") return statesOverTime(panel, fields, model, room);
  return bars(panel, fields, model, room);
}

function overTime(page, panel, fields, model, room) {
  const by = namesBy(panel);
  const lists = by ? wide(fields, by) : null;
  const times = lists ? lists.times : (fields.find(({ kind }) => kind === "time")?.values ?? []);
  const unit = lists ? lists.value : fields.find(({ kind, hidden }) => kind === "number" && !hidden);
  if (!times.length || !unit) return { empty: true };
  const numbers = lists ? [] : fields.filter(({ kind, hidden }) => kind === "number" && !hidden);
  const filled = numbers.filter(({ custom }) => custom.fillBelowTo);
  const edges = new Set(filled.flatMap(({ name, custom }) => [name, custom.fillBelowTo]));
  const bands = filled.map(({ values, custom }) => ({ name: t("board.band"), high: values, low: numbers.find(({ name }) => name === custom.fillBelowTo)?.values ?? values, watch: filled.length === 1 ? "both" : null }));
  const series = lists
    ? lists.series.map(({ name, values }, i) => ({ name, values, look: BY_NAME[i % 4], dashed: i >= 4, field: unit }))
    : numbers
        .filter(({ name, custom }) => !(edges.has(name) && (custom.lineWidth ?? 2) === 0))
        .map((field) => ({ name: field.title, values: field.values, look: seriesOf(field.color?.fixedColor), dashed: field.custom.lineStyle?.fill === "dash", dots: field.custom.drawStyle === "points", field }));
  const custom = panel.fieldConfig.defaults.custom ?? {};
  const limitAt = custom.thresholdsStyle?.mode === "line" ? limitOf(panel.fieldConfig.defaults) : null;
  const [write, writePlain] = writers(unit, model);
  const limit = limitAt === null ? null : { value: limitAt, name: write(limitAt, 0) };
  const step = stepOf(times);
  const from = start(times, step, model);
  const named = room.width >= 520 && series.length + bands.length <= 5;
  const marks = model.marks.flatMap(({ frame }) => marksOf(frame));
  const bandText = (band, i) => (finite(band.low[i]) && finite(band.high[i]) ? `${band.name} ${told(unit, band.low[i])}–${told(unit, band.high[i])}` : null);
  const markText = (i) => marks.filter((mark) => mark.at >= times[i] && mark.at < times[i] + step).map(({ label }) => label);
  const values = (i) => [...series.map(({ name, values: each, field }) => `${name} ${told(field, each[i], model.zone, model.as_of)}`), ...bands.map((band) => bandText(band, i)), ...markText(i)].filter(Boolean).join(" · ");
  const readout = (i) => `${bucket(times[i], from, model.to_ms, step, model.zone)}: ${values(i)}`;
  const at = room.at !== null && room.at < times.length ? room.at : null;
  return {
    readout: at === null ? null : readout(at),
    legend: named ? null : legend([...series, ...bands.map(({ name }) => ({ name, look: "band" })), ...(limit ? [{ name: limit.name, look: "limit" }] : [])]),
    draw: () =>
      timeChart({
        ...room, of: model, group: "board", at, times, series, bands, limit, marks, from, to: model.to_ms, zone: model.zone, named, readout,
        increments: series.every(({ values: each }) => each.every((value) => value === null || Number.isInteger(value))) ? WHOLE : undefined,
        least: panel.fieldConfig.defaults.min ?? null, most: panel.fieldConfig.defaults.max ?? null,
        show: write, showPlain: writePlain, label: `${panel.title}. ${panel.description}`,
      }),
    asTable: () =>
      table({
        caption: `${t("chart.table")}: ${panel.title}`,
        columns: [{ label: t("chart.time") }, ...series.map(({ name }) => ({ label: name, align: "num" })), ...bands.map(({ name }) => ({ label: name, align: "num" }))],
        rows: times.map((time, i) => [bucket(time, from, model.to_ms, step, model.zone), ...series.map(({ values: each, field }) => (finite(each[i]) ? told(field, each[i], model.zone, model.as_of) : null)), ...bands.map((band) => (finite(band.low[i]) && finite(band.high[i]) ? `${told(unit, band.low[i])}–${told(unit, band.high[i])}` : null))]),
      }),
  };
}

/** How an axis writes its steps: with the unit, and without. */
const writers = (field, model) => [(value, decimals) => told({ ...field, decimals }, value, model.zone, model.as_of), (value, decimals) => shown({ ...field, decimals }, value, model.zone, model.as_of).text];

/** A day is drawn from when it begins to have numbers: half a night of nothing says nothing. */
function start(times, step, model) {
  const first = Math.max(model.from_ms, times[0] - step);
  return model.to_ms - model.from_ms <= 36 * 3_600_000 && first < model.to_ms ? first : model.from_ms;
}

function marksOf(frame) {
  const column = (name) => frame.fields.find((field) => field.name === name)?.values ?? [];
  const [titles, texts] = [column("title"), column("text")];
  return column("time").filter(finite).map((at, i) => ({ at, label: titles[i] || texts[i] || "" }));
}

const legend = (items) => h("ul", { class: "legend" }, items.map((item) => h("li", {}, swatch(item), " ", item.name)));

function statesOverTime(panel, fields, model, room) {
  const by = namesBy(panel) ?? fields.find(({ kind, name }) => kind === "text" && name !== "state")?.name;
  const { times, value, series } = wide(fields, by);
  if (!times.length) return { empty: true };
  const lanes = series.map(({ name, values }) => {
    const known = values.map((code, i) => [times[i], code]).filter(([, code], i) => code !== null || i === 0);
    const spells = known.map(([from, code], i) => ({ from, code, until: known[i + 1]?.[0] ?? model.to_ms }));
    const merged = [];
    for (const spell of spells) {
      if (merged.at(-1)?.code === spell.code) merged.at(-1).until = spell.until;
      else merged.push({ ...spell });
    }
    return { name: brief(name), spells: merged.filter(({ code }) => finite(code)).map((spell) => ({ ...spell, ...shown(value, spell.code, model.zone, model.as_of) })) };
  });
  const from = start(times, 0, model);
  const states = new Map(lanes.flatMap(({ spells }) => spells.map(({ text, look }) => [text, look])));
  return {
    legend: h("ul", { class: "legend" }, [...states].map(([text, look]) => h("li", {}, h("span", { class: `badge ${look}` }, text)))),
    draw: () => stateLanes({ ...room, lanes, from, to: model.to_ms, zone: model.zone, label: `${panel.title}. ${panel.description}` }),
    asTable: () =>
      table({
        caption: `${t("chart.table")}: ${panel.title}`,
        columns: [{ label: t("board.name") }, { label: t("board.from") }, { label: t("board.until") }, { label: t("col.state") }],
        rows: lanes.flatMap(({ name, spells }) => spells.map((spell) => [name, bucket(spell.from, model.from_ms, model.to_ms, 0, model.zone), bucket(spell.until, model.from_ms, model.to_ms, 0, model.zone), spell.text])),
      }),
  };
}

function bars(panel, fields, model, room) {
  const names = fields.find(({ name }) => name === panel.options?.xField) ?? fields.find(({ kind }) => kind !== "number");
  const values = fields.filter((field) => field !== names && field.kind === "number" && !field.hidden);
  if (!names || !values.length) return { empty: true };
  const write = (field) => (value) => told(field, value, model.zone, model.as_of);
  const texts = names.values.map((value) => told(names, value, model.zone, model.as_of));
  const series = values.map((field) => ({ name: field.title, values: field.values, show: write(field), look: (i) => (field.color?.mode === "thresholds" ? (shown(field, field.values[i], model.zone).look ?? "rest") : seriesOf(field.color?.fixedColor)) }));
  const defaults = panel.fieldConfig.defaults;
  const limit = defaults.custom?.thresholdsStyle?.mode === "line" ? limitOf(defaults) : null;
  const shared = { ...room, names: texts, series, limit, most: defaults.max ?? values[0].max ?? null, label: `${panel.title}. ${panel.description}` };
  const stands = panel.type === "barchart" && panel.options?.orientation !== "horizontal" && standable(texts, room.width);
  return {
    legend: series.length > 1 ? legend(series.map(({ name, look }) => ({ name, look: look(0), bar: true }))) : null,
    draw: () => (stands ? standingBars({ ...shared, show: writers(values[0], model)[0], showPlain: writers(values[0], model)[1] }) : lyingBars(shared)),
    asTable: () => table({ caption: `${t("chart.table")}: ${panel.title}`, columns: [{ label: names.title }, ...series.map(({ name }) => ({ label: name, align: "num" }))], rows: texts.map((name, i) => [name, ...series.map(({ values: each, show }) => (finite(each[i]) ? show(each[i]) : null))]) }),
  };
}
