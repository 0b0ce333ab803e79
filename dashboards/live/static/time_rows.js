// What uPlot is given of a chart over time: its rows of numbers, and how each is drawn.

const HOLE = 3.5; // a line goes on over up to three missing buckets (a weekend), and breaks at more
const APART = 64; // px between the shapes that tell one line from another
const INK = { s0: "--series-0", s1: "--series-1", s2: "--series-2", s3: "--series-3", rest: "--muted", ink: "--ink", out: "--bad", band: "--band" };
const finite = (value) => value !== null && value !== undefined;

/** The variable of base.css that holds the colour of a look. */
export const inkOf = (look) => INK[look];

/** Outlines about a middle, `r` from it: beside its colour a line has its own shape. */
const OUTLINES = {
  disc: (path, x, y, r) => (path.moveTo(x + r, y), path.arc(x, y, r, 0, 2 * Math.PI)),
  square: (path, x, y, r) => path.rect(x - r, y - r, 2 * r, 2 * r),
  up: (path, x, y, r) => polygon(path, [[x, y - r * 1.25], [x + r * 1.25, y + r], [x - r * 1.25, y + r]]),
  down: (path, x, y, r) => polygon(path, [[x - r * 1.25, y - r], [x + r * 1.25, y - r], [x, y + r * 1.25]]),
  diamond: (path, x, y, r) => polygon(path, [[x, y - r * 1.4], [x + r * 1.4, y], [x, y + r * 1.4], [x - r * 1.4, y]]),
};
const SHAPE = { s0: "disc", s1: "square", s2: "up", s3: "diamond", rest: "disc", ink: "disc", out: "down" };

function polygon(path, corners) {
  corners.forEach(([x, y], i) => (i ? path.lineTo(x, y) : path.moveTo(x, y)));
  path.closePath();
}

/** The shape of a look as an SVG path about (x, y), for the names beside a chart. */
export function shapePath(look, x, y, r) {
  let text = "";
  const pen = { moveTo: (a, b) => (text += `M${a} ${b}`), lineTo: (a, b) => (text += `L${a} ${b}`), closePath: () => (text += "Z"), rect: (a, b, w, v) => (text += `M${a} ${b}h${w}v${v}h${-w}Z`), arc: (a, b, c) => (text += `a${c} ${c} 0 1 1 ${-2 * c} 0a${c} ${c} 0 1 1 ${2 * c} 0`) };
  OUTLINES[SHAPE[look] ?? "disc"](pen, x, y, r);
  return text;
}

/** Whether a value lies outside of what its band holds, on the side that is watched. */
const outside = (value, { low, high, watch }, i) => finite(value) && ((finite(low[i]) && value < low[i]) || (watch === "both" && finite(high[i]) && value > high[i]));

/**
 * The rows of a chart: [{look, values, …}], in the order in which they are drawn. A line whose last bucket is not over
 * gets a second, dotted row for the way to it, so that it never looks like a fall; what lies outside of a watched band
 * gets a row of triangles.
 */
export function rowsOf({ times, series, bands, to, step }) {
  const last = times.length - 1;
  const running = last > 0 && times[last] + step > to + 1000;
  const edges = bands.flatMap(({ low, high }) => [{ look: "band", edge: true, values: high }, { look: "band", edge: true, values: low }]);
  const lines = series.flatMap(({ look, values, dots, dashed }) => {
    const open = running && !dots && !dashed && finite(values[last]);
    const closed = open ? [...values.slice(0, last), null] : values;
    const way = values.map((value, i) => (open && i >= last - 1 ? value : null));
    return [{ look, dots, dashed, values: closed }, ...(dots || dashed ? [] : [{ look, way: true, values: way }])];
  });
  const watched = bands.filter(({ watch }) => watch);
  const out = watched.flatMap((band) => series.filter(({ dashed }) => !dashed).map(({ values }) => ({ look: "out", out: true, values: values.map((value, i) => (outside(value, band, i) ? value : null)) })));
  return [...edges, ...lines, ...out];
}

/** What makes it another chart: with the same, new numbers go into the plot that is there. */
export const kindOf = (rows) => rows.map(({ look, dots, dashed, edge, way, out }) => `${look} ${dots ?? ""} ${dashed ?? ""} ${edge ?? ""} ${way ?? ""} ${out ?? ""}`).join();

/** uPlot's series for a row. `ink(name)` reads a colour anew at every drawing; lengths are times `scale`. */
export function seriesOf(row, { several, ink, scale, chart, thin }) {
  const { look, dots, dashed, edge, way, out } = row;
  const stroke = () => ink(inkOf(look));
  if (edge) return { width: 0, points: { show: false }, gaps: holes(chart) };
  const shaped = several && !way && !dashed && look !== "s0" && look !== "rest";
  const size = (out ? 8 : dots ? 6 : thin ? 5 : 6) * scale;
  return {
    stroke, width: (dashed || look === "rest" || thin ? 1.5 : 2) * scale, cap: "round", gaps: holes(chart),
    dash: way ? [0.1, 4 * scale] : dashed ? [6 * scale, 5 * scale] : undefined,
    ...(dots || out ? { paths: () => null } : {}),
    points: { show: Boolean(dots || out), width: 0, size, stroke, fill: stroke, paths: points(look, size), filter: dots || out ? () => null : marked(chart, shaped ? APART * scale : null, dashed) },
  };
}

/** Where a line breaks because buckets are missing, beside where a value is. */
const holes = (chart) => (u, row, first, last, known) => {
  const { times, step } = chart();
  const found = [...known];
  for (let i = first + 1; i <= last; i++) {
    if (times[i] - times[i - 1] > HOLE * step && finite(u.data[row][i]) && finite(u.data[row][i - 1])) uPlot.addGap(found, Math.round(u.valToPos(u.data[0][i - 1], "x", true)), Math.round(u.valToPos(u.data[0][i], "x", true)));
  }
  return found.sort((a, b) => a[0] - b[0]);
};

/** The places of a line that get its shape: its end, a value alone between two gaps, and every so many px of the rest. */
const marked = (chart, every, bare) => (u, row) => {
  const { times, step, rows } = chart();
  const values = u.data[row];
  const next = rows[row]; // uPlot counts from 1, for its row 0 are the times
  const goesOn = next?.way && finite(next.values.at(-1));
  const joined = (i, j) => finite(values[i]) && finite(values[j]) && times[j] - times[i] <= HOLE * step;
  const end = goesOn ? -1 : values.findLastIndex(finite);
  const found = [];
  let free = 0;
  values.forEach((value, i) => {
    if (!finite(value)) return;
    const at = u.valToPos(u.data[0][i], "x");
    const alone = !joined(i - 1, i) && !joined(i, i + 1);
    if (alone || (i === end && !bare) || (every !== null && at >= free)) {
      found.push(i);
      free = at + every;
    }
  });
  return found;
};

const points = (look, size) => (u, row, first, last, chosen) => {
  const path = new Path2D();
  const draw = OUTLINES[SHAPE[look]];
  const places = chosen ?? Array.from({ length: last - first + 1 }, (_, i) => first + i);
  for (const i of places) if (finite(u.data[row][i])) draw(path, u.valToPos(u.data[0][i], "x", true), u.valToPos(u.data[row][i], "y", true), (size / 2) * uPlot.pxRatio);
  return { fill: path, stroke: null, clip: null, flags: 0 };
};
