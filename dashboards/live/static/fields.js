// What a board's JSON says of a column: its words, its unit, its colours, and a value as people read it.

import { date as dayOf, moment, number } from "./format.js";
import { language } from "./words.js";

/** The colours of the boards by the class that draws them in both themes (base.css). */
const LOOKS = { "#009E73": "good", "#E69F00": "watch", "#D55E00": "bad", "#8A8F98": "none", "#0072B2": "blue" };
const SERIES = { "#0072B2": "s0", "#D55E00": "s1", "#009E73": "s2", "#E69F00": "s3", "#8A8F98": "rest" };

/** The class of text and shapes in a colour of the boards. */
export const lookOf = (colour) => LOOKS[colour] ?? "none";

/** The class of a line or a bar in a colour of the boards. */
export const seriesOf = (colour) => SERIES[colour] ?? "rest";

/** The columns of a frame with what the panel says of them; values stay where they are. */
export function fieldsOf(panel, frame) {
  return frame.fields.map((field) => ({ ...configOf(panel, field.name), ...field }));
}

/** What holds for a column: the panel's defaults, and over them what is said of its name. */
export function configOf(panel, name) {
  const { defaults = {}, overrides = [] } = panel.fieldConfig ?? {};
  const found = { ...defaults, custom: { ...defaults.custom } };
  for (const { matcher, properties } of overrides) {
    if (matcher.id !== "byName" || matcher.options !== name) continue;
    for (const { id, value } of properties) {
      if (id.startsWith("custom.")) found.custom[id.slice(7)] = value;
      else found[id] = value;
    }
  }
  found.title = found.displayName?.startsWith("${") ? name : (found.displayName ?? name);
  const only = panel.options?.reduceOptions?.fields; // a stat shows the columns whose titles match
  found.hidden = Boolean(found.custom.hideFrom?.viz) || Boolean(only && !new RegExp(only.slice(1, -1)).test(found.title));
  return found;
}

/** The column whose text names the series, where the panel says so. */
export const namesBy = (panel) => /^\$\{__field\.labels\.(\w+)\}$/.exec(panel.fieldConfig?.defaults?.displayName ?? "")?.[1] ?? null;

/** A value as {text, unit, look}: what to read, in which unit, and the class of its state if it has one. */
export function shown(field, value, zone, now) {
  if (value === null || value === undefined) return { text: field.noValue ?? "–", unit: "", look: "unknown" };
  const mapped = field.mappings?.find(({ type }) => type === "value")?.options[String(value)];
  if (mapped) return { text: mapped.text ?? String(value), unit: "", look: mapped.color ? lookOf(mapped.color) : null };
  const look = field.color?.mode === "thresholds" ? lookOf(stepOf(field, value)?.color) : null;
  if (field.kind === "time") return { text: moment(value, zone, now), unit: "", look };
  if (field.kind === "date" || field.unit?.startsWith("time:")) return { text: dateText(value), unit: "", look };
  if (field.kind !== "number") return { text: String(value), unit: "", look };
  const digits = field.decimals ?? (Number.isInteger(value) ? 0 : 2);
  return { text: number(value, digits), unit: field.unit?.startsWith("suffix:") ? field.unit.slice(7) : "", look };
}

/** The same as one text: "18 mnt". */
export function told(field, value, zone, now) {
  const { text, unit } = shown(field, value, zone, now);
  return unit ? `${text} ${unit}` : text;
}

/** The threshold that a value has reached. */
export function stepOf(field, value) {
  return field.thresholds?.steps.findLast((step) => step.value === null || value >= step.value) ?? null;
}

/** Where the last threshold lies: the line that must not be crossed. Null when the panel draws none. */
export function limitOf(field) {
  return field.thresholds?.steps.at(-1)?.value ?? null;
}

function dateText(value) {
  const iso = typeof value === "number" ? new Date(value).toISOString().slice(0, 10) : String(value).slice(0, 10);
  const [year, month, day] = iso.split("-");
  return language() === "id" ? `${day}/${month}/${year}` : `${day} ${dayOf(iso).split(" ").at(-1)} ${year}`;
}

/** A long answer (one row a time and a name) as one series a name: [{name, values by time}], and the times. */
export function wide(fields, by) {
  const time = fields.find(({ kind }) => kind === "time");
  const label = fields.find(({ name }) => name === by);
  const value = fields.find((field) => field !== time && field !== label && !field.hidden);
  if (!time || !label || !value) return { times: [], value: null, series: [] };
  const times = [...new Set(time.values)].sort((a, b) => a - b);
  const place = new Map(times.map((at, i) => [at, i]));
  const series = new Map();
  label.values.forEach((name, row) => {
    if (!series.has(name)) series.set(name, Array(times.length).fill(null));
    series.get(name)[place.get(time.values[row])] = value.values[row];
  });
  return { times, value, series: [...series].map(([name, values]) => ({ name: String(name), values })) };
}
