// Talking to the server: texts, the server's clock, what was read before (ETag), acts.
import { uid } from "./dom.js";

const ROOT = "/desk/api";
const LANGUAGE = "desk-language";
const kept = new Map();
let texts = {};
let ahead = 0;

export const chosenLanguage = () => localStorage.getItem(LANGUAGE);
export const chooseLanguage = (language) => localStorage.setItem(LANGUAGE, language);
export const setTexts = (found) => { texts = found; };

/** A text of the page; holes such as {n} are filled. */
export function t(name, values = {}) {
  const text = texts[name] ?? name;
  return text.replace(/\{([a-z]+)\}/g, (hole, key) => (key in values ? String(values[key]) : hole));
}

/** The codes that have a text under a prefix, in their order. */
export const codes = (prefix) => Object.keys(texts).filter((name) => name.startsWith(`${prefix}.`)).map((name) => name.slice(prefix.length + 1));

/** What time it is at the server. */
export const now = () => Date.now() + ahead;

/** A refusal, in words for people. */
export class Refused extends Error {
  constructor(status, code, text) {
    super(text);
    this.status = status;
    this.code = code;
  }
}

/** What to say of a failure: our refusals have their own words. */
export function why(error) {
  if (!(error instanceof Refused)) return t("failed");
  return error.status === 401 ? `${error.message}\n${t("draft_kept")}` : error.message;
}

/**
 * Makes the key of an act: the same while the same is sent again, so that what did arrive before
 * its answer was lost is not done twice; a new one after `used()`.
 */
export function once() {
  let key = "", print = "";
  const keyOf = (values, files = []) => {
    const now = JSON.stringify([values, files.map((file) => [file.name, file.size])]);
    if (!key || now !== print) [key, print] = [uid(), now];
    return key;
  };
  keyOf.used = () => { key = ""; };
  return keyOf;
}

function headers(more) {
  const language = chosenLanguage();
  return { ...(language ? { "X-Desk-Language": language } : {}), ...more };
}

async function send(path, options) {
  const response = await fetch(ROOT + path, { cache: "no-store", credentials: "same-origin", ...options });
  const at = Date.parse(response.headers.get("X-Desk-Now") || "");
  if (!Number.isNaN(at)) ahead = at - Date.now();
  if (response.ok || response.status === 304) return response;
  let problem = {};
  try {
    problem = await response.json();
  } catch { /* not ours: a proxy's page */ }
  throw new Refused(response.status, problem.code || "", problem.detail || t("failed"));
}

/** Reads; `fresh` tells whether anything has changed since the last time. */
export async function get(path) {
  const before = kept.get(path);
  const response = await send(path, { headers: headers(before ? { "If-None-Match": before.etag } : {}) });
  if (response.status === 304) return { data: before.data, fresh: false };
  const data = await response.json();
  if (kept.size > 60) kept.clear();
  kept.set(path, { etag: response.headers.get("ETag"), data });
  return { data, fresh: true };
}

/** Fetches a document and lets the browser save it under a name. */
export async function download(path, name) {
  const response = await send(path, { headers: headers({}) });
  const address = URL.createObjectURL(await response.blob());
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

/** Acts. The key lets the server know the same act when it is sent twice. */
export async function act(path, values = {}, files = [], key = uid()) {
  const sent = { method: "POST", headers: headers({ "X-Desk-Key": key }) };
  if (files.length) {
    const form = new FormData();
    form.append("values", JSON.stringify(values));
    for (const file of files) form.append("file", file, file.name);
    sent.body = form;
  } else {
    sent.body = JSON.stringify(values);
    sent.headers["Content-Type"] = "application/json";
  }
  let response;
  try {
    response = await send(path, sent);
  } catch (error) {
    // The answer was lost on the way: the same key asks what became of it, and does nothing twice.
    if (!(error instanceof TypeError)) throw error;
    response = await send(path, sent);
  }
  return response.json();
}
