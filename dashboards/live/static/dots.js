// A dot plot as SVG: a mean with its interval, row by row. Colours come from classes (charts.css).

import { h } from "./dom.js";

const finite = (value) => value !== null && value !== undefined;

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
