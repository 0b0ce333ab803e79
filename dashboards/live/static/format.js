// Numbers, durations and times as people here write them. Every instant is ms UTC and is shown in a unit's zone.
// Nothing here reads the browser's clock: "now" is the server's and comes in as an argument.

import { language, t } from "./words.js";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const ABBREVIATION = {
  "Asia/Jakarta": "WIB", "Asia/Pontianak": "WIB", "Asia/Makassar": "WITA", "Asia/Ujung_Pandang": "WITA", "Asia/Jayapura": "WIT",
};
const made = new Map();

function cached(key, make) {
  if (!made.has(key)) made.set(key, make());
  return made.get(key);
}

const locale = () => (language() === "id" ? "id-ID" : "en-GB");

/** 1234.5 is "1.234,5" in Indonesian and "1,234.5" in English. */
export function number(value, digits = 0) {
  const key = `n${locale()}${digits}`;
  const options = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  return cached(key, () => new Intl.NumberFormat(locale(), options)).format(value);
}

/** A share of 0 to 1: 0.8732 is "87 %". Rounded towards the worse, so that 99.6 % of a promise is not "100 %". */
export function percent(share) {
  return `${number(Math.floor(share * 100 + 1e-9))} %`;
}

/** Two shares as a range: "88–91 %". */
export function percents(low, high) {
  const [from, to] = [percent(low), percent(high)];
  return from === to ? from : `${from.replace(" %", "")}–${to}`;
}

/** Milliseconds as people say it: "45 dtk", "18 mnt", "2 jam 5 mnt", "3 hari". */
export function duration(ms) {
  if (ms < MINUTE) return `${number(Math.max(0, Math.floor(ms / 1000)))} ${t("unit.second")}`;
  if (ms < 2 * HOUR) return `${number(Math.floor(ms / MINUTE))} ${t("unit.minute")}`;
  if (ms < 2 * DAY) {
    const minutes = Math.floor((ms % HOUR) / MINUTE);
    return `${number(Math.floor(ms / HOUR))} ${t("unit.hour")}${minutes ? ` ${number(minutes)} ${t("unit.minute")}` : ""}`;
  }
  return `${number(Math.floor(ms / DAY))} ${t("unit.day")}`;
}

/** A duration as [number, unit], for places where the number stands large: ["18", "mnt"]. */
export function durationParts(ms) {
  const words = duration(ms).split(" ");
  const pairs = [];
  for (let i = 0; i < words.length; i += 2) pairs.push([words[i], words[i + 1]]);
  return pairs;
}

function parts(at, zone, options, name) {
  const maker = cached(`d${locale()}${zone}${name}`, () => new Intl.DateTimeFormat(locale(), { timeZone: zone, ...options }));
  return Object.fromEntries(maker.formatToParts(at).map(({ type, value }) => [type, value]));
}

/** "WIB" for Asia/Jakarta; elsewhere what the browser calls the zone. */
export function zoneName(zone, at) {
  return ABBREVIATION[zone] ?? parts(at, zone, { timeZoneName: "short" }, "zone").timeZoneName;
}

/** "10.32" in Indonesian, "10:32" in English. */
export function clock(at, zone) {
  const { hour, minute } = parts(at, zone, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }, "clock");
  return `${hour}${language() === "id" ? "." : ":"}${minute}`;
}

/** "Sel 10 Nov". */
export function day(at, zone) {
  const found = parts(at, zone, { weekday: "short", day: "numeric", month: "short" }, "day");
  return `${found.weekday} ${found.day} ${found.month}`;
}

/** "Selasa". */
export function weekday(at, zone) {
  return parts(at, zone, { weekday: "long" }, "weekday").weekday;
}

/** A local date "2026-11-10" as "Sel 10 Nov"; with the year where it is not the year of `now`. */
export function date(text, now, zone) {
  const at = Date.parse(`${text}T00:00:00Z`);
  const year = text.slice(0, 4);
  const thisYear = now === undefined ? year : parts(now, zone, { year: "numeric" }, "year").year;
  return year === thisYear ? day(at, "UTC") : `${day(at, "UTC")} ${year}`;
}

/** As `moment`, without the zone: for lists whose clock is in the page's head. */
export const when = (at, zone, now) => (day(at, zone) === day(now, zone) ? clock(at, zone) : `${day(at, zone)} ${clock(at, zone)}`);

/** "10.32 WIB" on the same local day as `now`, else "Sel 10 Nov 10.32 WIB". */
export function moment(at, zone, now) {
  const time = `${clock(at, zone)} ${zoneName(zone, at)}`;
  return day(at, zone) === day(now, zone) && Math.abs(now - at) < 2 * DAY ? time : `${day(at, zone)} ${time}`;
}

/** How long ago: "baru saja", "4 mnt lalu". Negative ages are "baru saja". */
export function ago(at, now) {
  return now - at < MINUTE ? t("time.just_now") : t("time.ago", { duration: duration(now - at) });
}
