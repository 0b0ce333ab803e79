// Panels that are read as text: numbers that stand large, tables with links, states and bars, and plain words.

import { h } from "./dom.js";
import { fieldsOf, limitOf, lookOf, shown, stepOf, told } from "./fields.js";
import { number } from "./format.js";
import { brief, unknown } from "./parts.js";
import { t } from "./words.js";

const ROWS_OF_A_PHONE = 10;
const finite = (value) => value !== null && value !== undefined;

/** One row: its first column stands large, the others beside it. */
export function statBody(panel, frame, model) {
  const all = fieldsOf(panel, frame);
  const [first, ...others] = all.filter(({ hidden }) => !hidden);
  if (!first) return h("p", { class: "empty" }, t("board.nothing"));
  const value = first.values[0] ?? null;
  if (value === null) return [h("p", { class: "value unknown" }, "–"), h("p", { class: "beside" }, t(all.some(({ values }) => finite(values[0])) ? "board.none_now" : "board.unknown"))];
  const { text, unit, look } = shown(first, value, model.zone, model.as_of);
  const known = others.filter(({ values }) => (values[0] ?? null) !== null);
  return [
    h("p", { class: `value ${look ?? ""}` }, text, unit && h("span", { class: "unit" }, ` ${unit}`)),
    h("p", { class: "beside" }, known.map((field) => h("span", {}, named(field), h("b", {}, told(field, field.values[0], model.zone, model.as_of))))),
  ];
}

/** "biasanya " before a number; nothing where its unit says the same. */
const named = ({ title, unit }) => (unit === `suffix:${title.toLowerCase()}` ? "" : `${title.replace(/^\p{Lu}(?!\p{Lu})/u, (first) => first.toLowerCase())} `);

/** Rows and columns; on a phone each row is a card (boards.css), so every cell carries its label. */
export function tableBody(page, panel, frame, model) {
  const all = fieldsOf(panel, frame);
  const columns = all.filter(({ hidden }) => !hidden);
  const rows = columns[0]?.values.length ?? 0;
  if (rows === 0) return h("p", { class: "empty" }, whenEmpty(panel) ?? t("board.no_rows"));
  const id = `all${panel.id}`;
  const folded = rows > ROWS_OF_A_PHONE + 2 && !page.tabled.has(id); // on a phone alone, see boards_screens.css
  const right = ({ custom, kind }) => custom.align === "right" || (kind === "number" && !custom.align);
  const isName = columns.findIndex(({ kind }) => kind === "text");
  const short = columns[isName]?.values.every((value) => shown(columns[isName], value, model.zone, model.as_of).text.length <= 3); // "1" alone says nothing on a card
  const cell = (field, place, row) => {
    const attributes = { class: [right(field) && "num", isState(field) && "state", place === isName && short && "short"].filter(Boolean).join(" ") || null, "data-label": field.title, role: place === isName ? "rowheader" : "cell" };
    if (place === isName) attributes.scope = "row";
    return h(place === isName ? "th" : "td", attributes, h("span", { class: "cell" }, cellOf(page, field, all, row, model)));
  };
  return h(
    "div",
    { class: folded ? "scroll wide folded" : "scroll wide", tabindex: 0, role: "region", "aria-label": `${t("chart.table")}: ${panel.title}` },
    h(
      "table",
      { class: "board", role: "table" },
      h("caption", { class: "hidden" }, panel.title),
      h("thead", { role: "rowgroup" }, h("tr", { role: "row" }, columns.map((field) => h("th", { scope: "col", role: "columnheader", class: right(field) ? "num" : null }, field.title)))),
      h("tbody", { role: "rowgroup" }, Array.from({ length: rows }, (_, row) => h("tr", { role: "row" }, columns.map((field, place) => cell(field, place, row))))),
    ),
    folded && h("button", { type: "button", class: "quiet unfold", onclick: () => page.toggleTable(id) }, t("board.all_rows", { n: number(rows) })),
    frame.cut && h("p", { class: "beside" }, t("board.cut")),
  );
}

/** What a table says that has no rows: its own words where it has any, beside the dash of its cells. */
const whenEmpty = ({ fieldConfig: { defaults, overrides } }) => (overrides.some(({ properties }) => properties.some(({ id }) => id === "noValue")) ? defaults.noValue : null);

/** Whether a column tells states: words with a colour. */
const isState = ({ mappings }) => mappings?.some(({ options }) => Object.values(options).some(({ color }) => color)) ?? false;

function cellOf(page, field, all, row, model) {
  const value = field.values[row];
  if (value === null || value === undefined) return unknown(t("board.unknown"));
  const { text, unit, look } = shown(field, value, model.zone, model.as_of);
  const words = [field.kind === "text" ? brief(text) : text, unit && h("span", { class: "unit" }, ` ${unit}`)];
  const kind = field.custom.cellOptions?.type;
  const styled = kind === "gauge" ? [cellBar(field, value), h("span", { class: `over ${look ?? ""}` }, words)] : look ? h("span", { class: `badge ${look}` }, words) : words;
  const link = field.links?.[0];
  if (!link) return styled;
  const href = page.cellLink(link.url, (name) => all.find((each) => each.name === name)?.values[row] ?? "");
  return href ? h("a", { href, title: link.title }, styled) : styled;
}

/** A number as a bar up to the most of its column, with a line at its last threshold. */
function cellBar(field, value) {
  const width = 96;
  const most = field.max ?? 100;
  const x = (number) => (Math.min(Math.max(number, field.min ?? 0), most) / most) * width;
  const limit = limitOf(field);
  return h(
    "svg",
    { class: "cellbar", viewBox: `0 0 ${width} 16`, width, height: 16, "aria-hidden": "true" },
    h("line", { class: "base", x1: 0, x2: width, y1: 8, y2: 8 }),
    h("rect", { class: `bar ${field.color?.mode === "thresholds" ? lookOf(stepOf(field, value)?.color) : "none"}`, x: 0, y: 5, width: Math.max(1, x(value)).toFixed(1), height: 6 }),
    limit !== null && limit < most && h("line", { class: "one", x1: x(limit), x2: x(limit), y1: 1, y2: 15 }),
  );
}

/** Plain words: paragraphs, headings, lists, bold and links within this server; nothing else of Markdown. */
export function textBody(page, panel) {
  const blocks = (panel.options?.content ?? "").trim().split(/\n{2,}/);
  return blocks.map((block) => {
    const lines = block.split("\n");
    if (/^#{1,4} /.test(block)) return h("h3", {}, inline(page, block.replace(/^#+ /, "")));
    if (lines.every((line) => /^[-*] /.test(line))) return h("ul", {}, lines.map((line) => h("li", {}, inline(page, line.slice(2)))));
    return h("p", {}, inline(page, lines.join(" ")));
  });
}

function inline(page, text) {
  return text.split(/(\*\*[^*]+\*\*|\[[^\]]+\]\(\/[^)\s]*\))/).map((part) => {
    if (part.startsWith("**")) return h("strong", {}, part.slice(2, -2));
    const link = /^\[([^\]]+)\]\((\/[^)\s]*)\)$/.exec(part);
    return link ? h("a", { href: page.boardLink(link[2]) }, link[1]) : part;
  });
}
