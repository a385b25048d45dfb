// One message, or one album, as a bubble with its buttons.

import { fileUrl } from "./api.js";
import { el, icon, iconButton } from "./dom.js";
import { language, t } from "./i18n.js";
import { albumView, mediaView } from "./media.js";
import { rich, startPayload } from "./richtext.js";
import { clockTime } from "./time.js";

const STYLES = new Set(["danger", "success", "primary"]);

/** True when the reader of the chat wrote it. */
export const isOwn = (message, person) => message._by === "person" && message.from?.id === person.id;

/** A message in one line: for chat lists, replies and screen readers. */
export function summary(message) {
  if (!message) return "";
  const text = message.text ?? message.caption;
  if (text) return text.replace(/\s+/g, " ").slice(0, 160);
  const told = serviceText(message);
  if (told) return told;
  for (const kind of ["photo", "voice", "video", "document", "audio", "contact", "location"]) {
    if (message[kind]) return t(kind);
  }
  return t("message");
}

/** What of a group of messages makes it look as it does; equal means: keep the node. */
export const signature = (group) => `${language()}${JSON.stringify(group)}`;

/**
 * A bubble. `group` is one message or the messages of one album; `view` has `person`, `acts`
 * (see richtext), `press(message, button, node)`, `openMenu(message, node)`, `jump(id)` and
 * `authors` (true in groups: show who wrote).
 */
export function bubble(group, view) {
  const [head] = group;
  const last = group[group.length - 1];
  const service = serviceText(head);
  if (service) {
    return el("li", { class: "service", data: { testid: "service-message", id: head.message_id } }, el("span", {}, service));
  }
  const own = isOwn(head, view.person);
  const body = el("div", { class: "bubble" }, parts(group, own, view), footer(group, view));
  const keyboard = last.reply_markup?.inline_keyboard;
  return el(
    "li",
    {
      class: `message ${own ? "own" : "theirs"}`,
      lang: view.acts.lang,
      data: { testid: "message", id: last.message_id, by: own ? "person" : head._by },
    },
    el("div", { class: "stack" }, body, keyboard?.length ? inlineKeyboard(last, keyboard, view) : null),
  );
}

function parts(group, own, view) {
  const [head] = group;
  const made = [];
  if (!own && (view.authors || head._by !== "bot")) made.push(el("div", { class: "author", dir: "auto" }, head.from?.first_name ?? ""));
  if (head.reply_to_message && !head.is_topic_message) made.push(replied(head.reply_to_message, view));
  if (group.length > 1) made.push(albumView(group));
  else made.push(mediaView(head));
  const written = group.find((item) => item.text || item.caption);
  if (written) {
    const text = written.text ?? written.caption;
    const entities = written.entities ?? written.caption_entities;
    const node = el("div", { class: "text", dir: "auto", data: { testid: "message-text" } });
    node.append(rich(text, entities, view.acts));
    if (written.show_caption_above_media) made.unshift(node);
    else made.push(node);
  }
  return made;
}

function replied(message, view) {
  return el(
    "button",
    { type: "button", class: "replied", on: { click: () => view.jump(message.message_id) } },
    el("strong", { dir: "auto" }, message.from?.first_name ?? ""),
    el("span", { dir: "auto" }, summary(message)),
  );
}

function footer(group, view) {
  const head = group[group.length - 1];
  const edited = group.some((item) => item.edit_date);
  const reactions = group.flatMap((item) => item._reactions ?? []).map((item) => item.emoji).filter(Boolean);
  return el(
    "div",
    { class: "meta" },
    reactions.length ? el("span", { class: "reaction", "aria-label": t("reaction", { emoji: reactions.join(" ") }), role: "img", data: { testid: "reaction" } }, reactions.join(" ")) : null,
    edited ? el("span", { class: "edited", data: { testid: "edited" } }, t("edited")) : null,
    el("time", { dateTime: new Date(head.date * 1000).toISOString() }, clockTime(head.date)),
    iconButton("more", t("message.actions"), "message-menu", (event) => view.openMenu(head, event.currentTarget)),
  );
}

function inlineKeyboard(message, rows, view) {
  return el(
    "div",
    { class: "inline-keyboard", role: "group", "aria-label": t("buttons") },
    rows.map((row) => el("div", { class: "row" }, row.map((button) => inlineButton(message, button, view)))),
  );
}

function inlineButton(message, button, view) {
  const style = STYLES.has(button.style) ? button.style : "";
  const node = el(
    "button",
    {
      type: "button",
      class: `inline-button ${style}`,
      disabled: Boolean(button.disabled),
      data: { testid: "inline-button", data: button.callback_data, url: button.url },
      on: { click: () => view.press(message, button, node) },
    },
    el("span", { dir: "auto" }, button.text),
    button.url && startPayload(button.url) === null ? icon("link") : null,
    button.copy_text ? icon("copy") : null,
  );
  return node;
}

function serviceText(message) {
  const name = message.forum_topic_created?.name;
  if (name) return t("service.topic", { name });
  const renamed = message.forum_topic_edited?.name;
  if (renamed) return t("service.topic.renamed", { name: renamed });
  if (message.forum_topic_closed) return t("service.topic.closed");
  if (message.forum_topic_reopened) return t("service.topic.reopened");
  if (message.pinned_message) return t("service.pinned", { text: summary(message.pinned_message) });
  if (message.new_chat_members) return t("service.joined", { name: names(message.new_chat_members) });
  if (message.left_chat_member) return t("service.left", { name: names([message.left_chat_member]) });
  if (message.group_chat_created || message.supergroup_chat_created) return t("service.created");
  return null;
}

const names = (people) => people.map((person) => person.first_name).join(", ");

/** The largest of a photo's sizes, as an address. */
export const largest = (sizes) => fileUrl(sizes[sizes.length - 1].file_id);
