// Charts as SVG, drawn at the size they are shown at. Amounts begin at zero; a gap is a gap, never a line through zero.
// Colours come from classes (app.css), so that both themes and forced colours hold.

import { h } from "./dom.js";

const finite = (value) => value !== null && value !== undefined;

/** Pieces of a line without its gaps: lists of [x, y]; a value alone between two gaps is a piece of one point. */
export function pieces(values, x, y) {
  const found = [];
  let piece = null;
  values.forEach((value, i) => {
    if (!finite(value)) piece = null;
    else if (piece) piece.push([x(i), y(value)]);
    else found.push((piece = [[x(i), y(value)]]));
  });
  return found;
}

export const path = (points) => points.map(([px, py], i) => `${i ? "L" : "M"}${px.toFixed(1)} ${py.toFixed(1)}`).join("");

export function bandPath(low, high, x, y) {
  let text = "";
  let upper = [];
  let lower = [];
  const close = () => {
    if (upper.length > 1) text += `${path(upper)}${path(lower.reverse()).replace("M", "L")}Z`;
    upper = [];
    lower = [];
  };
  high.forEach((value, i) => {
    if (!finite(value) || !finite(low[i])) return close();
    upper.push([x(i), y(value)]);
    lower.push([x(i), y(low[i])]);
  });
  close();
  return text;
}

function lineNodes(values, x, y, name) {
  return pieces(values, x, y).map((points) =>
    points.length > 1
      ? h("path", { class: `line ${name}`, d: path(points) })
      : h("circle", { class: `dot ${name}`, cx: points[0][0].toFixed(1), cy: points[0][1].toFixed(1), r: 2 }),
  );
}

/** A dot of a series, or without one the downward triangle of a fall. */
function dot(px, py, series) {
  if (series) return h("circle", { class: `dot ${series}`, cx: px.toFixed(1), cy: py.toFixed(1), r: 2.25 });
  return h("polygon", { class: "out", points: `${(px - 5).toFixed(1)},${(py - 4).toFixed(1)} ${(px + 5).toFixed(1)},${(py - 4).toFixed(1)} ${px.toFixed(1)},${(py + 4.5).toFixed(1)}` });
}

/** A small line of today over the band of the same weekday; `limit` is a dashed line, such as the promise. */
export function sparkline({ today, low, high, limit, width = 144, height = 32, label }) {
  const top = Math.max(1, ...[...today, ...high, limit].filter(finite));
  const x = (i) => 3 + (i * (width - 8)) / Math.max(1, today.length - 1);
  const y = (value) => height - 2 - (Math.min(value, top) / top) * (height - 6);
  const last = today.findLastIndex(finite);
  return h(
    "svg",
    { class: "spark", viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": label },
    h("line", { class: "base", x1: 0, x2: width, y1: height - 1.5, y2: height - 1.5 }),
    h("path", { class: "band", d: bandPath(low, high, x, y) }),
    finite(limit) && h("line", { class: "limit", x1: 0, x2: width, y1: y(limit), y2: y(limit) }),
    lineNodes(today, x, y, "s0"),
    last >= 0 && h("circle", { class: "end s0", cx: x(last).toFixed(1), cy: y(today[last]).toFixed(1), r: 2.5 }),
  );
}

/** Round steps for an axis from zero: about `wanted` of them, of 1, 2, 5 times a power of ten or of `units`. */
export function ticks(top, wanted = 4, bases = [1, 2, 5, 10]) {
  if (!(top > 0)) return [0, 1];
  const raw = top / wanted;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = bases.find((base) => base * power >= raw - 1e-9) * power;
  const found = [];
  for (let value = 0; value < top + step * 0.999; value += step) found.push(Number(value.toPrecision(10)));
  return found;
}

/** Steps of a time axis given in ms: whole minutes, or hours, or days. */
export function timeTicks(topMs, wanted = 4) {
  const unit = topMs > 2 * 86_400_000 ? 86_400_000 : topMs > 3 * 3_600_000 ? 3_600_000 : topMs > 120_000 ? 60_000 : 1000;
  const bases = unit === 60_000 || unit === 1000 ? [1, 2, 5, 10, 15, 30, 60] : [1, 2, 5, 10];
  const raw = topMs / unit / wanted;
  const step = (bases.find((base) => base >= raw) ?? Math.ceil(raw / 10) * 10) * unit;
  const found = [];
  for (let value = 0; value < topMs + step * 0.999; value += step) found.push(value);
  return found;
}

/** Move labels apart so that none lies on another; returns the y of each, in the order given. */
export function apart(ys, gap, least, most) {
  const order = ys.map((y, i) => [y, i]).sort((a, b) => a[0] - b[0]);
  const placed = [];
  let floor = least;
  for (const [y, i] of order) {
    placed[i] = Math.max(floor, y);
    floor = placed[i] + gap;
  }
  let ceiling = most;
  for (const [, i] of order.reverse()) {
    placed[i] = Math.min(ceiling, placed[i]);
    ceiling = placed[i] - gap;
  }
  return placed;
}

/**
 * Lines over time. `series`: [{name, values, kind?: "line" | "dots"}], at most four, named at their end.
 * `band`: {low, high, name}; `limit`: {value, name}; `limits`: {low, middle, high} lists (control limits; a dot below them is drawn as a warning);
 * `marks`: [{index, label}]; `shade`: indexes of columns to mark; `yTicks`, `yLabel(value)`, `xTicks`: [{index, label}].
 * `at` is the index under the pointer or null; `onPoint(index | null)` hears of changes.
 */
export function lines(options) {
  const { id, series, band, limit, limits, marks = [], shade = [], count, width, height, yTicks, yLabel, xTicks, label } = options;
  const names = [...series, ...(limit ? [limit] : []), ...(band?.name ? [band] : [])].map(({ name }) => name);
  const right = Math.min(width * 0.34, 12 + Math.max(...names.map((name) => name.length)) * 7.2);
  const box = { left: 8 + Math.max(...yTicks.map((value) => yLabel(value).length)) * 7, right: width - right, top: marks.length ? 28 : 12, bottom: height - 24 };
  const top = yTicks.at(-1);
  const x = (i) => box.left + 4 + (i * (box.right - box.left - 8)) / Math.max(1, count - 1);
  const y = (value) => box.bottom - (value / top) * (box.bottom - box.top);
  const column = (box.right - box.left) / Math.max(1, count);

  const ends = series.map(({ name, values }, i) => {
    const last = values.findLastIndex(finite);
    return { name, y: last < 0 ? null : y(values[last]), x: last < 0 ? null : x(last), swatch: `s${i}` };
  });
  if (limit) ends.push({ name: limit.name, y: y(limit.value), x: box.right, swatch: "limit" });
  if (band?.name) {
    const last = band.high.findLastIndex((value) => finite(value) && value > 0.2 * top);
    if (last >= 0) ends.push({ name: band.name, y: y((band.high[last] + band.low[last]) / 2), x: x(last), swatch: "band" });
  }
  const shown = ends.filter(({ y: end }) => end !== null);
  const places = apart(shown.map((end) => end.y), 15, box.top + 4, box.bottom);

  const pick = (event) => {
    const area = event.currentTarget.getBoundingClientRect();
    const inside = ((event.clientX - area.left) / area.width) * width;
    const index = Math.round(((inside - box.left - 4) / Math.max(1, box.right - box.left - 8)) * (count - 1));
    options.onPoint(index >= 0 && index < count ? index : null);
  };
  const step = (event) => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (event.key === "Escape") options.onPoint(null);
    if (!by) return;
    event.preventDefault();
    const from = options.at ?? (by > 0 ? -1 : count);
    options.onPoint(Math.max(0, Math.min(count - 1, from + by)));
  };

  return h(
    "svg",
    {
      class: "chart", id, viewBox: `0 0 ${width} ${height}`, width, height, role: "img", tabindex: 0, "aria-label": label,
      onpointermove: pick, onpointerleave: () => options.onPoint(null), onkeydown: step, onblur: () => options.onPoint(null),
    },
    shade.map((i) => h("rect", { class: "shade", x: (x(i) - column / 2).toFixed(1), y: box.top, width: Math.max(1, column).toFixed(1), height: box.bottom - box.top })),
    yTicks.map((value) => [
      h("line", { class: value === 0 ? "axis" : "grid", x1: box.left, x2: box.right, y1: y(value), y2: y(value) }),
      h("text", { class: "tick", x: box.left - 6, y: y(value) + 4, "text-anchor": "end" }, yLabel(value)),
    ]),
    xTicks.map(({ index, label: text }) => h("text", { class: "tick", x: x(index), y: height - 6, "text-anchor": "middle" }, text)),
    band && h("path", { class: "band", d: bandPath(band.low, band.high, x, y) }),
    limits && ["low", "middle", "high"].map((part) => lineNodes(limits[part], x, y, `control ${part}`)),
    marks.map(({ index, label: text }) => [
      h("line", { class: "mark", x1: x(index), x2: x(index), y1: box.top - 8, y2: box.bottom }),
      h("text", { class: "marklabel", x: Math.min(x(index) + 4, box.right), y: box.top - 12, "text-anchor": x(index) > box.right - 120 ? "end" : "start" }, text),
    ]),
    limit && h("line", { class: "limit", x1: box.left, x2: box.right, y1: y(limit.value), y2: y(limit.value) }),
    series.map(({ values, kind }, i) =>
      kind === "dots"
        ? values.map((value, at) => finite(value) && dot(x(at), y(value), finite(limits?.low[at]) && value < limits.low[at] ? null : `s${i}`))
        : lineNodes(values, x, y, `s${i}`),
    ),
    finite(options.at) && [
      h("line", { class: "cursor", x1: x(options.at), x2: x(options.at), y1: box.top, y2: box.bottom }),
      series.map(({ values }, i) => finite(values[options.at]) && h("circle", { class: `end s${i}`, cx: x(options.at), cy: y(values[options.at]), r: 4 })),
    ],
    shown.map(({ name, swatch, x: end }, i) => [
      swatch === "band"
        ? h("rect", { class: "band", x: box.right + 4, y: places[i] - 5, width: 8, height: 8 })
        : h("line", { class: swatch === "limit" ? "limit" : `line ${swatch}`, x1: box.right + 3, x2: box.right + 12, y1: places[i], y2: places[i] }),
      h("text", { class: "name", x: box.right + 16, y: places[i] + 4 }, name),
      swatch !== "band" && swatch !== "limit" && series[Number(swatch.slice(1))].kind !== "dots" && h("circle", { class: `end ${swatch}`, cx: end, cy: shown[i].y, r: 2.5 }),
    ]),
  );
}

/** The scale above a dot plot. */
export function dotScale({ least, most, width, marks, show, height = 16 }) {
  const x = (score) => 8 + ((score - least) / (most - least)) * (width - 16);
  const every = marks.length > 4 ? 2 : 1;
  const shown = marks.filter((_, i) => (marks.length - 1 - i) % every === 0);
  return h("svg", { class: "dots", viewBox: `0 0 ${width} ${height}`, width, height, "aria-hidden": "true" }, shown.map((score) => h("text", { x: x(score), y: height - 4, "text-anchor": "middle" }, show(score))));
}

/** One row of a dot plot: a dot with its interval on a scale of `least` to `most`; `before` is a hollow dot. */
export function dotRow({ value, low, high, before, least, most, width, height = 24, few, marks = [], label }) {
  const x = (score) => 8 + ((score - least) / (most - least)) * (width - 16);
  const middle = height / 2;
  return h(
    "svg",
    { class: few ? "dots few" : "dots", viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": label },
    marks.map((score) => h("line", { class: "grid", x1: x(score), x2: x(score), y1: 0, y2: height })),
    h("line", { class: "base", x1: x(least), x2: x(most), y1: middle, y2: middle }),
    finite(low) && finite(high) && h("line", { class: "interval", x1: x(low), x2: x(high), y1: middle, y2: middle }),
    finite(before) && h("circle", { class: "before", cx: x(before), cy: middle, r: 4 }),
    finite(value) && h("circle", { class: "point", cx: x(value), cy: middle, r: 5 }),
  );
}
