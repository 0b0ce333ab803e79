// The chosen language and theme, remembered by the browser and carried in the address (?lang=en).

import { TEXTS } from "./texts.js";

let chosen = null;

/** "id" or "en": the address first, then what was chosen here before, then Indonesian. */
export function language() {
  if (chosen === null) chosen = known(new URLSearchParams(location.search).get("lang")) ?? known(recall("lang")) ?? "id";
  return chosen;
}

/** Choose a language; remembered, and in the address from now on. */
export function speak(lang) {
  chosen = lang;
  remember("lang", lang);
  document.documentElement.lang = lang;
  const url = new URL(location.href);
  if (lang === "id") url.searchParams.delete("lang");
  else url.searchParams.set("lang", lang);
  history.replaceState(history.state, "", url);
}

/** Speak a language on this page without remembering it: the address names it already. */
export function speakHere(lang) {
  chosen = lang;
  document.documentElement.lang = lang;
}

/** The text of a key in the chosen language, with {names} filled in. A missing key shows itself, so that it is seen. */
export function t(key, values = {}) {
  const text = TEXTS[language()][key];
  if (text === undefined) return `⟦${key}⟧`;
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? `⟦${name}⟧`);
}

/** Whether there is a text for this key. */
export const spoken = (key) => TEXTS[language()][key] !== undefined;

/** What this browser remembers under a name, or null; a browser that forbids remembering is not an error. */
export function recall(name) {
  try {
    return localStorage.getItem(`pantau.${name}`);
  } catch {
    return null;
  }
}

/** Remember a value under a name; null forgets it. */
export function remember(name, value) {
  try {
    if (value === null) localStorage.removeItem(`pantau.${name}`);
    else localStorage.setItem(`pantau.${name}`, value);
  } catch {
    // private windows may forbid storage; then the choice holds until the page is left
  }
}

const known = (lang) => (lang in TEXTS ? lang : null);
