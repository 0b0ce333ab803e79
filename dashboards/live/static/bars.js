// Bars by name, and states over time by name, as SVG.

import { h } from "./dom.js";
import { axisLabels, bucket, timeAxis } from "./axes.js";

const finite = (value) => value !== null && value !== undefined;
const BAR = 14;

/** Round steps for an axis from zero: about `wanted` of them, of 1, 2, 5 times a power of ten. */
function ticks(top, wanted = 4) {
  if (!(top > 0)) return [0, 1];
  const raw = top / wanted;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].find((base) => base * power >= raw - 1e-9) * power;
  const found = [];
  for (let value = 0; value < top + step * 0.999; value += step) found.push(Number(value.toPrecision(10)));
  return found;
}

/**
 * Bars that lie: for names of any length. `names`, and `series`: [{name, look(i), values, show(value)}], at most four.
 * `limit` is a value to mark; `most` the end of the scale, where the panel says so.
 */
export function lyingBars({ id, names, series, limit, most, width, label }) {
  const narrow = width < 560;
  const left = narrow ? 0 : Math.min(width * 0.36, 16 + Math.max(...names.map((name) => name.length)) * 7);
  const texts = series.map(({ values, show }) => values.map(show));
  const right = 12 + Math.max(...texts.flat().map((text) => text.length)) * 7;
  const top = most ?? (Math.max(0, ...series.flatMap(({ values }) => values.filter(finite)), limit ?? 0) || 1);
  const x = (value) => left + (Math.min(Math.max(value, 0), top) / top) * (width - left - right);
  const head = narrow ? 20 : 0;
  const row = head + series.length * (BAR + 3) + 11;
  const height = names.length * row + 4;
  return h(
    "svg",
    { class: "chart bars", id, viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": label },
    names.map((name, i) => {
      const y = 4 + i * row;
      return [
        h("text", { class: "name", x: narrow ? 0 : left - 10, y: narrow ? y + 13 : y + (series.length * (BAR + 3)) / 2 + 3, "text-anchor": narrow ? "start" : "end" }, name),
        series.map(({ values, look }, s) => {
          const place = y + head + s * (BAR + 3);
          return [
            finite(values[i]) && h("rect", { class: `bar ${look(i)}`, x: left, y: place, width: Math.max(1, x(values[i]) - left).toFixed(1), height: BAR }),
            h("text", { class: "value", x: ((finite(values[i]) ? x(values[i]) : left) + 6).toFixed(1), y: place + 11 }, texts[s][i]),
          ];
        }),
      ];
    }),
    h("line", { class: "base", x1: left, x2: left, y1: 0, y2: height }),
    finite(limit) && h("line", { class: "limit", x1: x(limit), x2: x(limit), y1: 0, y2: height }),
  );
}

/** Whether standing bars have room for their names. */
export const standable = (names, width) => names.length > 0 && Math.max(...names.map((name) => name.length)) * 6.6 < (width - 56) / names.length;

/** Bars that stand: for few short names, in their order. */
export function standingBars({ id, names, series, limit, most, width, height, label, show, showPlain }) {
  const steps = ticks(most ?? (Math.max(0, ...series.flatMap(({ values }) => values.filter(finite)), limit ?? 0) || 1), 4);
  const labels = axisLabels(steps, show, showPlain);
  const left = 10 + Math.max(...labels.map((text) => text.length)) * 7;
  const box = { top: 22, bottom: height - 24 };
  const y = (value) => box.bottom - (value / steps.at(-1)) * (box.bottom - box.top);
  const column = (width - left - 8) / names.length;
  const bar = Math.min(56, (column * 0.7) / series.length);
  return h(
    "svg",
    { class: "chart bars", id, viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": label },
    steps.map((value, i) => [
      h("line", { class: i ? "grid" : "axis", x1: left, x2: width - 8, y1: y(value), y2: y(value) }),
      h("text", { class: "tick", x: left - 6, y: y(value) + 4, "text-anchor": "end" }, labels[i]),
    ]),
    names.map((name, i) => {
      const middle = left + column * (i + 0.5);
      return [
        h("text", { class: "tick", x: middle, y: height - 6, "text-anchor": "middle" }, name),
        series.map(({ values, look, show: write }, s) => {
          const at = middle + (s - series.length / 2) * bar;
          return finite(values[i]) && [
            h("rect", { class: `bar ${look(i)}`, x: (at + 1).toFixed(1), y: y(values[i]).toFixed(1), width: (bar - 2).toFixed(1), height: Math.max(0.5, box.bottom - y(values[i])).toFixed(1) }),
            write(values[i]).length * 6.6 < bar + 12 && h("text", { class: "value", x: (at + bar / 2).toFixed(1), y: (y(values[i]) - 5).toFixed(1), "text-anchor": "middle" }, write(values[i])),
          ];
        }),
      ];
    }),
    finite(limit) && h("line", { class: "limit", x1: left, x2: width - 8, y1: y(limit), y2: y(limit) }),
  );
}

/** States over time, a lane a name: `lanes`: [{name, spells: [{from, until, text, look}]}]. */
export function stateLanes({ id, lanes, from, to, zone, width, label }) {
  const narrow = width < 560;
  const left = narrow ? 0 : 16 + Math.max(...lanes.map(({ name }) => name.length)) * 7;
  const head = narrow ? 18 : 0;
  const lane = 32 + head;
  const height = lanes.length * lane + 28;
  const x = (at) => left + ((Math.min(Math.max(at, from), to) - from) / Math.max(1, to - from)) * (width - left - 8);
  return h(
    "svg",
    { class: "chart lanes", id, viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": label },
    lanes.map(({ name, spells }, i) => [
      h("text", { class: "name", x: narrow ? 0 : left - 10, y: i * lane + (narrow ? 14 : 20), "text-anchor": narrow ? "start" : "end" }, name),
      spells.filter((spell) => spell.until > from && spell.from < to).map((spell) => {
        const [start, end] = [x(spell.from), x(spell.until)];
        const long = spell.text.length * 6.8 + 12 < end - start;
        const shape = spell.text.slice(0, 1);
        return [
          h("rect", { class: `spell ${spell.look}`, x: start.toFixed(1), y: i * lane + head + 3, width: Math.max(1, end - start - 1).toFixed(1), height: 25 }, h("title", {}, `${bucket(spell.from, from, to, 0, zone)} ${spell.text}`)),
          h("rect", { class: `edge ${spell.look}`, x: start.toFixed(1), y: i * lane + head + 3, width: Math.min(3, Math.max(1, end - start - 1)).toFixed(1), height: 25 }),
          long && h("text", { class: "value", x: (start + 8).toFixed(1), y: i * lane + head + 20 }, spell.text),
          !long && end - start > 14 && h("text", { class: "value", x: ((start + end) / 2 + 1).toFixed(1), y: i * lane + head + 20, "text-anchor": "middle" }, shape),
        ];
      }),
    ]),
    timeAxis(from, to, zone, width - left).map(({ at, label: text }) => h("text", { class: "tick", x: x(at).toFixed(1), y: height - 6, "text-anchor": "middle" }, text)),
  );
}

