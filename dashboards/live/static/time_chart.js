// A chart over time, drawn by uPlot: <time-chart>. Amounts begin at zero; a gap is a gap, never a line through zero.
// What is text stays text of the page: names at line ends, marks of trainings, what the keyboard reads out. Colours are
// those of base.css, read at every drawing, so that theme, forced colours and print hold.

import { axisLabels, stepOf, timeAxis } from "./axes.js";
import { h } from "./dom.js";
import { inkOf, kindOf, rowsOf, seriesOf, shapePath } from "./time_rows.js";
import { language, t } from "./words.js";

const finite = (value) => value !== null && value !== undefined;
const ruler = document.createElement("canvas").getContext("2d");
const shown = new Set(); // the charts on the page, to be drawn anew when colours change

/**
 * `given`: {of, times (ms), series: [{name, look, values, dots?, dashed?}], bands: [{name, low, high, watch?}],
 * limit: {value, name}, marks: [{at, label}], shade: [[from, until]], from, to, zone, width, height, named, label,
 * show(value, digits), showPlain, increments, least, most, group, at, readout(place), onPoint(place | null)}.
 * While `of` is the same there is nothing new to draw. `least` is where the axis begins (null: where the numbers do),
 * `named` puts names at line ends, `bare` leaves the axes out, charts of one `group` share their cursor.
 */
class TimeChart extends HTMLElement {
  #given = null;
  #drawn = {};
  #inks = new Map();
  /** The plot, as uPlot has it; null while the chart is not on the page. */
  plot = null;

  set given(given) {
    this.#given = given;
    if (this.isConnected) this.#show();
  }

  connectedCallback() {
    shown.add(this);
    this.onkeydown = (event) => this.#key(event);
    this.onblur = () => this.#point(null);
    this.#show();
  }

  disconnectedCallback() {
    queueMicrotask(() => !this.isConnected && this.#end()); // a row that changes its place leaves the page and comes back
  }

  #end() {
    shown.delete(this);
    this.plot?.destroy();
    this.plot = null;
  }

  /** Draw again in the colours that hold now; on paper no wider than there is room. */
  recolour(onPaper) {
    const { width, height, scale } = this.#drawn;
    const fitting = onPaper ? Math.min(width, this.parentElement.clientWidth * scale) : width;
    if (this.plot && fitting !== this.plot.width) this.plot.setSize({ width: fitting, height });
    this.plot?.redraw(false);
  }

  #show() {
    if (!this.#given) return;
    const given = { ...this.#given, step: stepOf(this.#given.times) };
    given.rows = rowsOf(given);
    const scale = this.parentElement.currentCSSZoom ?? 1; // a canvas is drawn in the points of the screen, also where the page is enlarged
    const kind = [kindOf(given.rows), scale, language(), given.bare, given.group].join();
    const [width, height] = [given.width * scale, given.height * scale];
    const before = this.#drawn;
    if (this.plot && before.of === given.of && before.kind === kind && before.width === width && before.height === height && before.named === given.named) return;
    this.#drawn = { ...given, kind, width, height, scale };
    const now = this.#drawn;
    now.font = parseFloat(getComputedStyle(this).fontSize) * scale;
    now.family = getComputedStyle(this).fontFamily;
    const within = (at) => Math.min(Math.max(at, given.from), given.to);
    const data = [given.times.map(within), ...given.rows.map(({ values }) => values)];
    if (this.plot && before.kind === kind) {
      if (before.width !== width || before.height !== height) this.plot.setSize({ width, height });
      this.plot.setData(data);
      return;
    }
    this.plot?.destroy();
    this.style.zoom = 1 / scale;
    this.plot = new uPlot(this.#options(), data, this);
    this.plot.root.style.fontSize = `${now.font}px`;
    this.plot.root.setAttribute("aria-hidden", given.bare ? "true" : "false");
    if (!given.bare && !this.#said) this.append((this.#said = h("p", { class: "hidden", role: "status" })));
    if (finite(given.at)) this.#point(given.at);
  }

  #said = null;

  #ink = (name) => {
    if (!this.#inks.has(name)) this.#inks.set(name, getComputedStyle(this).getPropertyValue(name).trim());
    return this.#inks.get(name);
  };

  #long(text) {
    ruler.font = `${this.#drawn.font}px ${this.#drawn.family}`;
    return ruler.measureText(text).width;
  }

  #options() {
    const chart = () => this.#drawn;
    const { width, height, rows, bare, scale, group, font, family } = this.#drawn;
    const ink = this.#ink;
    const several = new Set(rows.filter(({ edge, out }) => !edge && !out).map(({ look }) => look)).size > 1;
    const edges = rows.flatMap(({ edge }, i) => (edge ? [i + 1] : []));
    const axis = { stroke: () => ink("--muted"), font: `${font}px ${family}`, ticks: { show: false } };
    const hover = ({ edge, out }) => !edge && !out;
    return {
      width, height, ms: 1,
      legend: { show: false },
      padding: bare ? [2, 5, 2, 3].map((px) => px * scale) : [() => (chart().marks?.length ? 30 : 12) * scale, () => this.#nameRoom(), 0, 0],
      cursor: { show: !bare, y: false, move: (u, left, top) => [left < 0 ? left : u.valToPos(u.data[0][u.posToIdx(left)] ?? 0, "x"), top], drag: { x: false, y: false, setScale: false }, points: { size: (u, row) => (hover(chart().rows[row - 1]) ? 9 * scale : 0) }, sync: { key: group, scales: ["x", null], setSeries: false } },
      scales: { x: { time: false, range: () => this.#span() }, y: { range: (u, low, high) => this.#range(low, high) } },
      axes: bare
        ? [{ show: false }, { show: false }]
        : [
            { ...axis, size: 2 * font, gap: 0.5 * font, grid: { show: false }, splits: () => this.#instants().map(({ at }) => at), values: () => this.#instants().map(({ label }) => label) },
            { ...axis, gap: 6 * scale, size: (u, values) => Math.ceil(Math.max(0, ...(values ?? []).map((text) => this.#long(text))) + 10 * scale), space: 36 * scale, incrs: chart().increments, grid: { stroke: () => ink("--rule"), width: scale }, values: (u, splits) => axisLabels(splits, chart().show, chart().showPlain) },
          ],
      series: [{}, ...rows.map((row) => seriesOf(row, { several, ink, scale, chart, thin: bare }))],
      bands: edges.flatMap((edge, i) => (i % 2 ? [] : [{ series: [edge, edges[i + 1]], fill: () => ink(inkOf("band")) }])),
      hooks: { drawClear: [() => this.#inks.clear()], draw: [() => this.#write()], setCursor: [({ cursor }) => chart().onPoint?.(cursor.idx)] },
    };
  }

  /** The time that is shown, with a little room for what lies at its ends. */
  #span() {
    const { from, to } = this.#drawn;
    const room = (to - from) * 0.008;
    return [from - room, to + room];
  }

  #instants() {
    const { from, to, zone, width, scale } = this.#drawn;
    return timeAxis(from, to, zone, (this.plot?.over.clientWidth || width * 0.8) / scale);
  }

  #range(low, high) {
    const { least, most, limit } = this.#drawn;
    const all = [low, high, limit?.value].filter(finite);
    if (!all.length) return [0, 1];
    const highest = Math.max(...all);
    const [under, over] = uPlot.rangeNum(least ?? Math.min(...all), highest > (least ?? -Infinity) ? highest : least + 1, { min: { pad: finite(least) ? 0 : 0.1 }, max: { pad: 0.08 } });
    return [least ?? under, most ?? over];
  }

  #names() {
    const { series, bands, limit, named } = this.#drawn;
    if (!named) return [];
    return [...series, ...bands.map((band) => ({ ...band, look: "band" })), ...(limit ? [{ ...limit, look: "limit" }] : [])].filter(({ name }) => name);
  }

  #nameRoom() {
    const { width, scale } = this.#drawn;
    return Math.min(width * 0.34, Math.max(16 * scale, ...this.#names().map(({ name }) => this.#long(name) + 30 * scale)));
  }

  /** What is text or stands behind the lines: names at their ends, marks, the line that must not be crossed, days of rest. */
  #write() {
    const { plot } = this;
    const { series, marks = [], shade = [], limit, from, to, scale, bare, font } = this.#drawn;
    if (bare || !plot) return;
    const [width, height] = [plot.over.clientWidth, plot.over.clientHeight];
    const x = (at) => plot.valToPos(at, "x");
    const y = (value) => Math.min(Math.max(plot.valToPos(value, "y"), 0), height);
    const put = (node, style) => {
      for (const [name, value] of Object.entries(style)) node.style[name] = typeof value === "number" ? `${value.toFixed(1)}px` : value;
      return node;
    };
    const behind = shade.map(([start, until]) => put(h("div", { class: "shade" }), { left: x(start), width: Math.max(1, x(until) - x(start)) }));
    const before = limit ? [put(h("div", { class: "limit" }), { top: y(limit.value) })] : [];
    let free = -Infinity;
    for (const { at, label } of marks.filter((mark) => mark.at >= from && mark.at <= to).sort((a, b) => a.at - b.at)) {
      const long = this.#long(label) + 8 * scale;
      const left = x(at) + long > width ? x(at) - long : x(at);
      const fits = left >= Math.max(free, -40 * scale);
      if (fits) free = left + long + 4 * scale;
      before.push(put(h("div", { class: "mark" }), { left: x(at), top: (fits ? -18 : -6) * scale }));
      if (fits) before.push(put(h("span", { class: "marklabel" }, label), { left: left + 4 * scale, top: -18 * scale - font * 0.6 }));
    }
    const ends = this.#names().map((line) => ({ ...line, y: this.#endOf(line, series, y) })).filter((line) => line.y !== null);
    const places = apart(ends.map((line) => line.y), font * 1.25, 4 * scale, height);
    ends.forEach((line, i) => before.push(put(h("span", { class: "name" }, swatch(line), " ", line.name), { left: width + 4 * scale, top: places[i] - font * 0.75 })));
    for (const [place, nodes] of [[plot.under, behind], [plot.over, before]]) {
      place.querySelector(".written")?.remove();
      place.append(h("div", { class: "written" }, nodes));
    }
  }

  #endOf(line, series, y) {
    if (line.look === "limit") return y(line.value);
    const values = line.look === "band" ? line.high : line.values;
    const last = values.findLastIndex((value, i) => finite(value) && (line.look !== "band" || finite(line.low[i])));
    return last < 0 ? null : y(line.look === "band" ? (line.low[last] + line.high[last]) / 2 : values[last]);
  }

  /** Put the cursor on a place, or away, and the cursors of its group with it. */
  #point(place) {
    const { plot } = this;
    if (!plot || this.#drawn.bare) return;
    plot.setCursor(place === null ? { left: -10, top: -10 } : { left: plot.valToPos(plot.data[0][place], "x"), top: 1 }, true, true);
  }

  #key(event) {
    const { times, readout, bare } = this.#drawn;
    const at = this.plot?.cursor.idx ?? null;
    if (bare || !times?.length) return;
    if (event.key === "Escape" && at !== null) {
      event.stopPropagation();
      this.#point(null);
    }
    const last = times.length - 1;
    const next = { ArrowLeft: (at ?? last + 1) - 1, ArrowRight: (at ?? -1) + 1, Home: 0, End: last }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    const place = Math.max(0, Math.min(last, next));
    this.#point(place);
    this.#said.textContent = readout?.(place) ?? "";
  }
}

customElements.define("time-chart", TimeChart);

/** The element for what is given. */
export function timeChart(given) {
  const { label, id, bare } = given;
  return h("time-chart", { id, class: bare ? "bare" : null, role: bare ? "img" : "application", tabindex: bare ? null : 0, "aria-label": label, "aria-roledescription": bare ? null : t("chart.role"), given });
}

/** A small sample of how a series is drawn: its line, and its shape. */
export function swatch({ look, dashed, dots, bar }) {
  if (bar) return h("svg", { class: "swatch", viewBox: "0 0 14 10", "aria-hidden": "true" }, h("rect", { class: `dot ${look}`, x: 2, y: 0, width: 10, height: 10 }));
  const line = look === "band" ? h("rect", { class: "band", x: 2, y: 0, width: 10, height: 10 }) : !dots && h("line", { class: look === "limit" ? "limit" : `line ${look}${dashed ? " dashed" : ""}`, x1: 0, x2: 14, y1: 5, y2: 5 });
  const bare = dashed || look === "band" || look === "limit";
  return h("svg", { class: "swatch", viewBox: "0 0 14 10", "aria-hidden": "true" }, line, !bare && h("path", { class: `dot ${look}`, d: shapePath(look, 7, 5, 3) }));
}

/** Draw every chart in the colours that hold now. */
export function recolour() {
  const { matches: onPaper } = matchMedia("print");
  for (const chart of shown) chart.recolour(onPaper);
}

/** Move labels apart so that none lies on another; returns the y of each, in the order given. */
function apart(ys, gap, least, most) {
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
