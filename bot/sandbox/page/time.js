// Instants on show: Astana's clock for the chats, the viewer's own for Telegram's time marks.

import { language, t } from "./i18n.js";

// A fixed offset on purpose: browsers with old zone data still put Almaty at +06:00.
const ASTANA = 5 * 3600 * 1000;
const DAY = 86400000;
const HOUR = 3600000;
const MINUTE = 60000;

const two = (number) => String(number).padStart(2, "0");
const words = (key, lang) => t(key, {}, lang).split(" ");

function fields(shifted) {
  const date = new Date(shifted);
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth(),
    day: date.getUTCDate(),
    week: date.getUTCDay(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
  };
}

const astana = (ms) => fields(ms + ASTANA);
const local = (ms) => fields(ms - new Date(ms).getTimezoneOffset() * MINUTE);

function longDate(f, lang) {
  return t("date.long", { d: f.day, m: words("date.months", lang)[f.month], y: f.year }, lang);
}

function shortDate(f, lang) {
  return t("date.short", { w: words("date.weekdays", lang)[f.week], d: f.day, m: words("date.months", lang)[f.month] }, lang);
}

/** "14:05" in Astana; seconds since 1970 as in a message. */
export function clockTime(seconds) {
  const f = astana(seconds * 1000);
  return `${two(f.hour)}:${two(f.minute)}`;
}

/** The Astana day as a number: equal for two messages of one day. */
export const astanaDay = (seconds) => Math.floor((seconds * 1000 + ASTANA) / DAY);

/** "24 November 2026" of an Astana day. */
export const dayTitle = (seconds) => longDate(astana(seconds * 1000), language());

/** "Fri, 20 November · 15:00" in Astana. */
export function moment(ms) {
  const f = astana(ms);
  return `${shortDate(f, language())} · ${two(f.hour)}:${two(f.minute)}`;
}

/** The same to the second, as proofs are kept. */
export const exactly = (ms) => `${moment(ms)}:${two(astana(ms).second)}`;

/** The end of a term: local midnight is shown as 24:00 of its last day, as people count it. */
export function due(ms) {
  const f = astana(ms);
  if (f.hour || f.minute || f.second) return moment(ms);
  return `${shortDate(astana(ms - 1), language())} · 24:00`;
}

/** Value for a datetime-local field, Astana. */
export function forInput(ms) {
  const f = astana(ms);
  return `${f.year}-${two(f.month + 1)}-${two(f.day)}T${two(f.hour)}:${two(f.minute)}`;
}

/** The next 18:31 of a Friday after `ms`, just after the hours of support; for `fromInput`. */
export function fridayNight(ms) {
  const f = astana(ms);
  const day = (5 - f.week + 7) % 7;
  const night = Date.UTC(f.year, f.month, f.day + day, 18, 31) - ASTANA;
  return forInput(night > ms ? night : night + 7 * DAY);
}

/** A datetime-local value read as Astana time: ISO with its offset. */
export const fromInput = (value) => `${value.length === 16 ? `${value}:00` : value}+05:00`;

/** "4 d 9 h": how long it is to an instant. */
export function left(ms, lang = language()) {
  const span = Math.max(0, ms);
  const d = Math.floor(span / DAY);
  const h = Math.floor((span % DAY) / HOUR);
  const m = Math.floor((span % HOUR) / MINUTE);
  const parts = [];
  if (d) parts.push(t("left.days", { n: d }, lang));
  if (h) parts.push(t("left.hours", { n: h }, lang));
  if (!d && (m || !h)) parts.push(t("left.minutes", { n: m }, lang));
  return parts.join(" ");
}

/**
 * Telegram's date_time mark in the viewer's own zone, or null when the written text stays.
 *
 * Format `r` is relative to `now`; otherwise `w` weekday, `d`/`D` short or long date, `t`/`T`
 * time without or with seconds.
 */
export function timeMark(unix, format, lang, now) {
  if (!format) return null;
  const ms = unix * 1000;
  if (format === "r") {
    return ms >= now ? t("left.in", { span: left(ms - now, lang) }, lang) : t("left.ago", { span: left(now - ms, lang) }, lang);
  }
  const f = local(ms);
  const parts = [];
  if (format.includes("w")) parts.push(words("date.weekdays", lang)[f.week]);
  if (format.includes("D")) parts.push(longDate(f, lang));
  else if (format.includes("d")) parts.push(`${two(f.day)}.${two(f.month + 1)}.${f.year}`);
  if (format.includes("T")) parts.push(`${two(f.hour)}:${two(f.minute)}:${two(f.second)}`);
  else if (format.includes("t")) parts.push(`${two(f.hour)}:${two(f.minute)}`);
  return parts.join(", ") || null;
}

/** The whole of an instant in the viewer's zone and in Astana, for a tooltip. */
export function bothZones(unix, lang) {
  const ms = unix * 1000;
  const [here, there] = [local(ms), astana(ms)];
  const show = (f) => `${longDate(f, lang)}, ${two(f.hour)}:${two(f.minute)}`;
  return t("date.zones", { here: show(here), astana: show(there) }, lang);
}
