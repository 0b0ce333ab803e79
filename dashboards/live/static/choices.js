// What a reader of a board can choose: values of its variables, the time range, whether it follows, the kiosk.

import { h } from "./dom.js";
import { language, t } from "./words.js";

const ALL = "$__all";
const RANGES = ["now/d", "now-7d", "now-30d", "now-90d"];

/** The line of choices above the panels; every choice is in the address. */
export function choices(page, told, model) {
  const offered = new Map((model?.variables ?? []).map((each) => [each.name, each]));
  return h(
    "div",
    { class: "choices", role: "group", "aria-label": t("board.choices") },
    told.variables.map((variable) => {
      const state = offered.get(variable.name);
      return state ? (variable.many ? several(page, told, variable, state) : one(page, told, variable, state)) : null;
    }),
    timeRange(page, told, model),
    h("button", { type: "button", class: "quiet", "aria-pressed": String(page.paused), onclick: () => page.pause() }, t(page.paused ? "board.follow" : "board.pause")),
    h("a", { class: "quiet kiosklink", href: page.kioskLink(), title: t("board.kiosk_about") }, t("board.kiosk")),
  );
}

function one(page, told, { name, label }, state) {
  const offered = state.choices;
  const chosen = page.chosen(name) ?? state.chosen;
  return h(
    "label",
    { class: "choice" },
    h("span", {}, label),
    h(
      "select",
      { "aria-label": label, "data-value": chosen[0] ?? "", onchange: (event) => page.choose(told, name, [event.target.value]) },
      offered.map(([value, words]) => h("option", { value, selected: value === chosen[0] }, words)),
    ),
  );
}

function several(page, told, { name, label }, state) {
  const offered = state.choices;
  const asked = page.chosen(name); // what was just chosen is shown at once, before its numbers come
  const all = asked === null || asked[0] === ALL;
  const chosen = all ? state.chosen : asked;
  const picked = new Set(chosen);
  const words = all ? t("board.all", { n: offered.length }) : picked.size === 1 ? (offered.find(([value]) => picked.has(value))?.[1] ?? chosen[0]) : t("board.some", { n: picked.size, all: offered.length });
  const toggle = (value) => {
    const next = all ? [value] : picked.has(value) ? chosen.filter((each) => each !== value) : [...chosen, value];
    page.choose(told, name, next.length === 0 || next.length === offered.length ? [ALL] : next);
  };
  const box = (value, text, on, change) => h("label", { class: "tick" }, h("input", { type: "checkbox", value, checked: on, "data-on": String(on), onchange: change }), h("span", {}, text));
  return h(
    "details",
    { class: "choice", "data-own": "", "data-key": `choice-${name}` },
    h("summary", {}, h("span", {}, label), " ", h("b", {}, words)),
    h(
      "div",
      { class: "menu" },
      box(ALL, t("board.everything"), all, () => page.choose(told, name, [ALL])),
      offered.map(([value, text]) => box(value, text, !all && picked.has(value), () => toggle(value))),
    ),
  );
}

function timeRange(page, told, model) {
  const { from, to } = page.range(told);
  const plain = to === "now";
  const known = [...new Set([...RANGES, told.from])];
  const custom = page.ownRange || !plain || !known.includes(from);
  const iso = (at) => (model ? new Intl.DateTimeFormat("en-CA", { timeZone: model.zone }).format(at) : "");
  return [
    h(
      "label",
      { class: "choice" },
      h("span", {}, t("board.range")),
      h(
        "select",
        { "aria-label": t("board.range"), "data-value": custom ? "own" : from, onchange: (event) => page.chooseRange(told, event.target.value) },
        known.map((each) => h("option", { value: each, selected: !custom && each === from }, rangeWords(each))),
        h("option", { value: "own", selected: custom }, t("board.range_own")),
      ),
    ),
    custom && model && h(
      "form",
      { class: "own", onsubmit: (event) => own(page, told, event) },
      h("label", {}, h("span", {}, t("board.from")), h("input", { type: "date", name: "from", value: iso(model.from_ms), max: iso(model.as_of), lang: language(), required: true })),
      h("label", {}, h("span", {}, t("board.until")), h("input", { type: "date", name: "to", value: iso(model.to_ms), max: iso(model.as_of), lang: language(), required: true })),
      h("button", { type: "submit", class: "quiet" }, t("board.show")),
    ),
  ];
}

function own(page, told, event) {
  event.preventDefault();
  const { from, to } = Object.fromEntries(new FormData(event.target));
  page.setRange(told, from, to);
}

function rangeWords(range) {
  if (range === "now/d") return t("board.today");
  const [, n, unit] = /^now-(\d+)([mhdw])$/.exec(range) ?? [null, range, null];
  const words = { m: "unit.minute", h: "unit.hour", d: "unit.day", w: "board.week" };
  return unit ? t("board.last", { n, unit: t(words[unit]) }) : range;
}
