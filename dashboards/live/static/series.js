// A time series as SVG: lines, points, bands, a line that must not be crossed, marks. Drawn at the size it is shown at.
// The server cuts a time range in at most 120 buckets, so there are few enough nodes for SVG: it follows the theme and
// forced colours by classes, is read out, prints, and needs no style of its own on any element.

import { apart, bandPath, pieces, path, ticks } from "./charts.js";
import { h } from "./dom.js";
import { clock, day } from "./format.js";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const STEPS = [5, 10, 15, 30].map((n) => n * MINUTE).concat([1, 2, 3, 6, 12].map((n) => n * HOUR), [1, 2, 7, 14, 30, 60].map((n) => n * DAY));
const HOLE = 3.5; // a line goes on over up to three missing buckets (a weekend), and breaks at more
const finite = (value) => value !== null && value !== undefined;

/** How far a zone's wall clock is ahead of UTC at an instant, ms. */
function offset(at, zone) {
  const parts = new Intl.DateTimeFormat("en-GB", { timeZone: zone, year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric", hourCycle: "h23" }).formatToParts(at);
  const { year, month, day: date, hour, minute, second } = Object.fromEntries(parts.map(({ type, value }) => [type, Number(value)]));
  return Date.UTC(year, month - 1, date, hour, minute, second) - Math.floor(at / 1000) * 1000;
}

/** Instants for a time axis, on whole hours or days of the zone, and how to write them. */
export function timeAxis(from, to, zone, room) {
  const step = STEPS.find((each) => (to - from) / each <= Math.max(2, room / 76)) ?? 90 * DAY;
  const ahead = offset(from, zone);
  const found = [];
  for (let at = Math.ceil((from + ahead) / step) * step - ahead; at <= to; at += step) {
    const shift = offset(at, zone) - ahead; // the clocks may change within the range
    found.push(step >= DAY ? at - shift : at);
  }
  const days = step >= DAY;
  const long = to - from > 36 * HOUR;
  const write = (at) => (days ? day(at, zone).split(" ").slice(1).join(" ") : long ? `${day(at, zone).split(" ")[0]} ${clock(at, zone)}` : clock(at, zone));
  return found.map((at) => ({ at, label: write(at) }));
}

/** A bucket in words: "10.15" within a day, "Sel 10 Nov 10.15" over days, "Sel 10 Nov" where buckets are days. */
export function bucket(at, from, to, step, zone) {
  if (step >= DAY) return day(at, zone);
  return to - from <= 36 * HOUR ? clock(at, zone) : `${day(at, zone)} ${clock(at, zone)}`;
}

/** The usual distance of two neighbours. */
export function stepOf(times) {
  const gaps = times.slice(1).map((at, i) => at - times[i]).filter((gap) => gap > 0);
  return gaps.length ? Math.min(...gaps) : HOUR;
}

/** Where the axis begins and ends, and its steps. */
function bounds({ series, bands, limit, least, most }) {
  const all = [...series.flatMap(({ values }) => values), ...bands.flatMap(({ low, high }) => [...low, ...high]), limit?.value].filter(finite);
  const high = most ?? Math.max(...all);
  const low = least ?? Math.min(...all);
  const size = ticks(high - low || 1, 4)[1];
  const base = least ?? Math.floor(low / size) * size;
  const top = most ?? base + Math.max(1, Math.ceil((high - base) / size - 1e-9)) * size;
  return { low: base, top, steps: Array.from({ length: Math.floor((top - base) / size + 1e-9) + 1 }, (_, i) => Number((base + i * size).toPrecision(10))) };
}

/** Split values where the line must break because buckets are missing. */
const broken = (values, times, step) => values.map((value, i) => [value, i > 0 && times[i] - times[i - 1] > HOLE * step]);

function* runs(values, times, step) {
  let run = [];
  for (const [i, [value, hole]] of broken(values, times, step).entries()) {
    if (hole && run.length) {
      yield run;
      run = [];
    }
    run.push([i, value]);
  }
  if (run.length) yield run;
}

/**
 * `times` (ms) with `series`: [{name, look, values, dots?, dashed?}], `bands`: [{name, low, high}], `limit`: {value, name},
 * `marks`: [{at, label}]. `show(value, digits)` writes a value with its unit, `showPlain` without.
 * `least` is where the axis begins (null: where the numbers do), `most` where it ends.
 * `at` is the place under the pointer or null; `onPoint(place | null)` hears of changes; `named` puts names at line ends.
 */
export function timeSeries(options) {
  const { id, times, series, bands = [], limit = null, marks = [], from, to, zone, width, height, show, label, named } = options;
  const step = stepOf(times);
  const { low, top, steps } = bounds({ ...options, bands });
  const names = [...series, ...bands, ...(limit ? [limit] : [])].map(({ name }) => name.length);
  const right = named ? Math.min(width * 0.3, 20 + Math.max(...names) * 7) : 16;
  const labels = axisLabels(steps, show, options.showPlain);
  const box = { left: 10 + Math.max(...labels.map((text) => text.length)) * 7, right: width - right, top: marks.length ? 30 : 12, bottom: height - 24 };
  const x = (at) => box.left + 4 + ((at - from) / Math.max(1, to - from)) * (box.right - box.left - 8);
  const y = (value) => box.bottom - ((Math.min(Math.max(value, low), top) - low) / (top - low || 1)) * (box.bottom - box.top);
  const xOf = (i) => x(Math.min(Math.max(times[i], from), to));

  const ends = series.map(({ name, look, values, dots, dashed }) => {
    const last = values.findLastIndex(finite);
    return last < 0 ? null : { name, look, dots, dashed, x: xOf(last), y: y(values[last]) };
  });
  for (const { name, low: under, high: over } of bands) {
    const last = over.findLastIndex(finite);
    if (last >= 0 && finite(under[last])) ends.push({ name, look: "band", x: xOf(last), y: y((over[last] + under[last]) / 2) });
  }
  if (limit) ends.push({ name: limit.name, look: "limit", x: box.right, y: y(limit.value) });
  const shown = named ? ends.filter(Boolean) : [];
  const places = apart(shown.map((end) => end.y), 15, box.top + 4, box.bottom);

  const nearest = (event) => {
    const area = event.currentTarget.getBoundingClientRect();
    const inside = ((event.clientX - area.left) / area.width) * width;
    if (!times.length || inside < box.left - 8 || inside > box.right + 8) return options.onPoint(null);
    const distance = (i) => Math.abs(xOf(i) - inside);
    options.onPoint(times.reduce((best, _, i) => (distance(i) < distance(best) ? i : best), 0));
  };
  const move = (event) => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (event.key === "Escape" && options.at !== null) {
      event.stopPropagation();
      options.onPoint(null);
    }
    if (!by || !times.length) return;
    event.preventDefault();
    options.onPoint(Math.max(0, Math.min(times.length - 1, (options.at ?? (by > 0 ? -1 : times.length)) + by)));
  };
  const running = times.length > 1 && times.at(-1) + step > to + 1000; // the last bucket is not over yet
  const line = ({ values, look, dashed, dots }) =>
    [...runs(values, times, step)].flatMap((run) =>
      dots
        ? run.filter(([, value]) => finite(value)).map(([i, value]) => h("circle", { class: `dot ${look}`, cx: xOf(i).toFixed(1), cy: y(value).toFixed(1), r: 3 }))
        : pieces(run.map(([, value]) => value), (i) => xOf(run[i][0]), y).map((points) => stroke(points, `${look}${dashed ? " dashed" : ""}`, running && run.at(-1)[0] === times.length - 1 && finite(run.at(-1)[1]) && points.at(-1)[0] === xOf(times.length - 1))),
    );

  return h(
    "svg",
    { class: "chart", id, viewBox: `0 0 ${width} ${height}`, width, height, role: "img", tabindex: 0, "aria-label": label, onpointermove: nearest, onpointerleave: () => options.onPoint(null), onkeydown: move, onblur: () => options.onPoint(null) },
    steps.map((value, i) => [
      h("line", { class: i === 0 ? "axis" : "grid", x1: box.left, x2: box.right, y1: y(value), y2: y(value) }),
      h("text", { class: "tick", x: box.left - 6, y: y(value) + 4, "text-anchor": "end" }, labels[i]),
    ]),
    timeAxis(from, to, zone, box.right - box.left).map(({ at, label: text }) => h("text", { class: "tick", x: x(at).toFixed(1), y: height - 6, "text-anchor": "middle" }, text)),
    bands.map(({ low: under, high: over }) => [...runs(over, times, step)].map((run) => h("path", { class: "band", d: bandPath(run.map(([i]) => under[i]), run.map(([, value]) => value), (i) => xOf(run[i][0]), y) }))),
    markNodes(marks, x, box, from, to),
    limit && h("line", { class: "limit", x1: box.left, x2: box.right, y1: y(limit.value), y2: y(limit.value) }),
    series.map(line),
    bands.length === 1 && series.filter(({ dashed }) => !dashed).map(({ values }) => values.map((value, i) => outside(value, bands[0], i) && h("polygon", { class: "out", points: triangle(xOf(i), y(value)) }))),
    finite(options.at) && options.at < times.length && [
      h("line", { class: "cursor", x1: xOf(options.at), x2: xOf(options.at), y1: box.top, y2: box.bottom }),
      series.map(({ values, look }) => finite(values[options.at]) && h("circle", { class: `end ${look}`, cx: xOf(options.at), cy: y(values[options.at]), r: 4 })),
    ],
    shown.map((end, i) => [
      swatch(end, box.right + 3, places[i]),
      h("text", { class: "name", x: box.right + 18, y: places[i] + 4 }, end.name),
      !["band", "limit"].includes(end.look) && !end.dots && h("circle", { class: `end ${end.look}`, cx: end.x.toFixed(1), cy: end.y.toFixed(1), r: 2.5 }),
    ]),
  );
}

/** A line through points. The way to a bucket that is not over is dotted, so that it never looks like a fall. */
function stroke(points, look, open) {
  if (points.length === 1) return h("circle", { class: `dot ${look}`, cx: points[0][0].toFixed(1), cy: points[0][1].toFixed(1), r: 2.5 });
  if (!open) return h("path", { class: `line ${look}`, d: path(points) });
  return [points.length > 2 && h("path", { class: `line ${look}`, d: path(points.slice(0, -1)) }), h("path", { class: `line ${look} running`, d: path(points.slice(-2)) })];
}

/** Whether a value lies outside of what its band holds. */
const outside = (value, { low, high }, i) => finite(value) && ((finite(high[i]) && value > high[i]) || (finite(low[i]) && value < low[i]));

const triangle = (x, y) => `${(x - 5).toFixed(1)},${(y - 4).toFixed(1)} ${(x + 5).toFixed(1)},${(y - 4).toFixed(1)} ${x.toFixed(1)},${(y + 4.5).toFixed(1)}`;

/** The unit stands at the top of an axis alone. */
export function axisLabels(steps, show, plain) {
  const size = steps[1] - steps[0];
  const digits = [0, 1, 2].find((n) => Math.abs(size * 10 ** n - Math.round(size * 10 ** n)) < 1e-6) ?? 2;
  return steps.map((value, i) => (i === steps.length - 1 ? show(value, digits) : plain(value, digits)));
}

/** A small sample of how a series is drawn. */
export function swatch({ look, dashed, dots }, x, y) {
  if (dots) return h("circle", { class: `dot ${look}`, cx: x + 6, cy: y, r: 3 });
  if (look === "band") return h("rect", { class: "band", x: x + 1, y: y - 5, width: 10, height: 10 });
  return h("line", { class: look === "limit" ? "limit" : `line ${look}${dashed ? " dashed" : ""}`, x1: x, x2: x + 11, y1: y, y2: y });
}

/** Trainings and the like: a line at their time, and their words where these do not lie on others. */
function markNodes(marks, x, box, from, to) {
  let free = -Infinity;
  return marks
    .filter(({ at }) => at >= from && at <= to)
    .sort((a, b) => a.at - b.at)
    .map(({ at, label }) => {
      const place = x(at);
      const long = label.length * 6.6;
      const left = place + long > box.right ? place - long - 4 : place + 4;
      const fits = left >= Math.max(free, box.left - 8);
      if (fits) free = left + long + 8;
      return [
        h("line", { class: "mark", x1: place.toFixed(1), x2: place.toFixed(1), y1: box.top - (fits ? 18 : 6), y2: box.bottom }, h("title", {}, label)),
        fits && h("text", { class: "marklabel", x: left.toFixed(1), y: box.top - 14 }, label),
      ];
    });
}
