// The page's own words in three languages. What the bot says is not translated here.

import { WORDS } from "./words.js";

export const LANGUAGES = ["kk", "ru", "en"];
const KEPT = "tapsyrys.language";
let current = first();

function first() {
  const asked = new URLSearchParams(location.search).get("lang");
  if (LANGUAGES.includes(asked)) return asked;
  const kept = localStorage.getItem(KEPT);
  if (LANGUAGES.includes(kept)) return kept;
  return LANGUAGES.find((code) => (navigator.language || "").startsWith(code)) ?? "ru";
}

/** The language the page is shown in. */
export const language = () => current;

/** Chooses the language of the page and remembers it. */
export function setLanguage(code) {
  current = code;
  localStorage.setItem(KEPT, code);
  document.documentElement.lang = code;
}

/** The nearest language of ours to a person's. */
export const known = (code) => (LANGUAGES.includes(code) ? code : "ru");

/** The words for `key` with `{name}` replaced; unknown keys are an error in this page. */
export function t(key, params = {}, lang = current) {
  const entry = WORDS[key];
  if (!entry) throw new Error(`no words for ${key}`);
  return entry[lang].replace(/\{(\w+)\}/g, (whole, name) => (name in params ? String(params[name]) : whole));
}
