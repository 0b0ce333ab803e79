// What is written at axes: instants on whole hours or days of a zone, as people here write them, and steps of amounts.

import { clock, day } from "./format.js";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const STEPS = [5, 10, 15, 30].map((n) => n * MINUTE).concat([1, 2, 3, 6, 12].map((n) => n * HOUR), [1, 2, 7, 14, 30, 60].map((n) => n * DAY));

/** How far a zone's wall clock is ahead of UTC at an instant, ms. */
function offset(at, zone) {
  const parts = new Intl.DateTimeFormat("en-GB", { timeZone: zone, year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric", hourCycle: "h23" }).formatToParts(at);
  const { year, month, day: date, hour, minute, second } = Object.fromEntries(parts.map(({ type, value }) => [type, Number(value)]));
  return Date.UTC(year, month - 1, date, hour, minute, second) - Math.floor(at / 1000) * 1000;
}

/** Instants for a time axis, on whole hours or days of the zone, and how to write them. */
export function timeAxis(from, to, zone, room) {
  const step = STEPS.find((each) => (to - from) / each <= Math.max(2, room / 76)) ?? 90 * DAY;
  const ahead = offset(from, zone) - (step % (7 * DAY) ? 0 : 4 * DAY); // weeks begin on Mondays; 1 January 1970 was a Thursday
  const found = [];
  for (let at = Math.ceil((from + ahead) / step) * step - ahead; at <= to; at += step) {
    const shift = offset(at, zone) - offset(from, zone); // the clocks may change within the range
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

/** The unit stands at the top of an axis alone. */
export function axisLabels(steps, show, plain) {
  const size = steps.length > 1 ? steps[1] - steps[0] : 1;
  const digits = [0, 1, 2].find((n) => Math.abs(size * 10 ** n - Math.round(size * 10 ** n)) < 1e-6) ?? 2;
  return steps.map((value, i) => (i === steps.length - 1 ? show(value, digits) : plain(value, digits)));
}
