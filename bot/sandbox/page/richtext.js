// Text with Telegram's entities as nodes. Offsets count UTF-16 units, as JavaScript does.

import { el, icon } from "./dom.js";
import { t } from "./i18n.js";
import { bothZones, timeMark } from "./time.js";

const SAFE_LINK = /^(https?:|tg:|mailto:|tel:)/i;
const START_LINK = /^(?:https?:\/\/)?(?:t\.me|telegram\.me)\/[A-Za-z0-9_]+\/?\?start=([A-Za-z0-9_-]*)/i;
const START_SCHEME = /^tg:\/\/resolve\?(?:.*&)?start=([A-Za-z0-9_-]*)/i;
const AUTO = /(?:https?:\/\/|t\.me\/)[^\s<>"«»]*[^\s<>"«».,;:!?)\]]|(?<![\w/@.<])\/[a-z][a-z0-9_]{0,31}\b/gi;
const SIMPLE = {
  bold: "strong",
  italic: "em",
  underline: "u",
  strikethrough: "s",
  code: "code",
  subscript: "sub",
  superscript: "sup",
  marked: "mark",
};

/** The payload of a deep link to a bot ("" for a bare one), or null for any other address. */
export function startPayload(url) {
  const found = START_LINK.exec(url) ?? START_SCHEME.exec(url);
  return found ? found[1] : null;
}

/**
 * A fragment for `text` with `entities`.
 *
 * `acts` is what taps do: `start(payload)`, `startAs(payload, anchor)`, `command(text)`,
 * `copy(text)`, and `now()` in milliseconds and `lang` of the reader for time marks.
 */
export function rich(text, entities, acts) {
  const all = [...(entities ?? []), ...found(text, entities ?? [])];
  all.sort((a, b) => a.offset - b.offset || b.length - a.length);
  const fragment = document.createDocumentFragment();
  fragment.append(...nodes(text, all, 0, text.length, acts));
  return fragment;
}

// What every Telegram app finds by itself: addresses and commands.
function found(text, entities) {
  const taken = (start, end) =>
    entities.some(
      (e) => OPAQUE.has(e.type) && e.offset < end && start < e.offset + e.length,
    );
  return [...text.matchAll(AUTO)]
    .map((match) => ({
      type: match[0].startsWith("/") ? "bot_command" : "url",
      offset: match.index,
      length: match[0].length,
    }))
    .filter((e) => !taken(e.offset, e.offset + e.length));
}

const OPAQUE = new Set(["url", "text_link", "bot_command", "code", "pre", "email", "date_time", "text_mention"]);

function nodes(text, entities, start, end, acts) {
  const made = [];
  let at = start;
  let index = 0;
  while (index < entities.length) {
    const entity = entities[index];
    const from = Math.max(entity.offset, at);
    const to = Math.min(entity.offset + entity.length, end);
    index += 1;
    if (from >= to) continue;
    const inner = [];
    while (index < entities.length && entities[index].offset < to) inner.push(entities[index++]);
    if (from > at) made.push(document.createTextNode(text.slice(at, from)));
    const written = text.slice(from, to);
    made.push(wrap(entity, written, () => nodes(text, inner, from, to, acts), acts));
    at = to;
  }
  if (at < end) made.push(document.createTextNode(text.slice(at, end)));
  return made;
}

function wrap(entity, written, inner, acts) {
  if (SIMPLE[entity.type]) return el(SIMPLE[entity.type], {}, inner());
  switch (entity.type) {
    case "pre":
      return el("pre", { tabIndex: 0, "aria-label": entity.language }, el("code", {}, inner()));
    case "blockquote":
      return el("blockquote", {}, inner());
    case "expandable_blockquote":
      return expandable(inner());
    case "spoiler":
      return spoiler(inner());
    case "text_link":
      return link(entity.url, inner(), acts);
    case "url":
      return link(/^[a-z]+:/i.test(written) ? written : `https://${written}`, inner(), acts);
    case "email":
      return link(`mailto:${written}`, inner(), acts);
    case "bot_command":
      return el("button", { type: "button", class: "as-link", on: { click: () => acts.command(written) } }, inner());
    case "date_time":
      return instant(entity, inner(), acts);
    case "text_mention":
    case "mention":
    case "hashtag":
      return el("span", { class: "mention" }, inner());
    default:
      return el("span", {}, inner());
  }
}

function link(url, inner, acts) {
  const payload = startPayload(url);
  if (payload !== null) {
    const other = el(
      "button",
      {
        type: "button",
        class: "link-as",
        title: t("link.as"),
        "aria-label": t("link.as"),
        data: { testid: "link-as" },
        on: { click: (event) => acts.startAs(payload, event.currentTarget) },
      },
      icon("person"),
    );
    const own = el(
      "a",
      {
        href: url,
        data: { testid: "deep-link", payload },
        on: {
          click: (event) => {
            event.preventDefault();
            acts.start(payload);
          },
        },
      },
      inner,
    );
    return el("span", { class: "deep-link" }, own, other);
  }
  if (!SAFE_LINK.test(url)) return el("span", {}, inner);
  return el("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, inner);
}

function spoiler(inner) {
  const node = el("span", { class: "spoiler", role: "button", tabIndex: 0, "aria-label": t("spoiler") }, inner);
  const show = (event) => {
    if (event.type === "keydown" && event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    node.classList.add("shown");
    for (const name of ["role", "tabindex", "aria-label"]) node.removeAttribute(name);
    node.removeEventListener("click", show);
    node.removeEventListener("keydown", show);
  };
  node.addEventListener("click", show);
  node.addEventListener("keydown", show);
  return node;
}

function expandable(inner) {
  const toggle = el("button", {
    type: "button",
    class: "expand",
    textContent: t("quote.more"),
    "aria-expanded": "false",
    on: {
      click: () => {
        const open = quote.classList.toggle("open");
        toggle.setAttribute("aria-expanded", String(open));
        toggle.textContent = t(open ? "quote.less" : "quote.more");
      },
    },
  });
  const quote = el("blockquote", { class: "expandable" }, el("div", { class: "folded" }, inner), toggle);
  return quote;
}

function instant(entity, inner, acts) {
  const shown = timeMark(entity.unix_time, entity.date_time_format, acts.lang, acts.now());
  return el(
    "time",
    {
      class: "instant",
      dateTime: new Date(entity.unix_time * 1000).toISOString(),
      title: bothZones(entity.unix_time, acts.lang),
      data: { testid: "instant" },
    },
    shown ?? inner,
  );
}
