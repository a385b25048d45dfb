// A forum group as one of its members sees it: the list of topics, and one topic open.

import { api } from "./api.js";
import { Chat } from "./chat.js";
import { el, icon, iconButton } from "./dom.js";
import { PAGE } from "./history.js";
import { language, t } from "./i18n.js";
import { isOwn, summary } from "./message.js";
import { fullName, groupMark } from "./people.js";
import { moveFocus } from "./popup.js";
import { clockTime } from "./time.js";

// Messages outside of all topics, as Telegram's apps call their place.
const GENERAL = 0;

export class Forum extends Chat {
  build() {
    this.thread = null;
    this.topics = [];
    this.pinned = [];
    this.fresh = new Set();
    this.drafts = new Map();
    this.list = el("ol", { class: "topics", data: { testid: "topics" }, on: { keydown: (event) => this.onListKey(event) } });
    this.pin = el("button", { type: "button", class: "pin", hidden: true, data: { testid: "pinned" }, on: { click: () => this.history.jump(this.pinnedHere().message_id) } });
    super.build();
    this.node.classList.add("forum");
    this.head.after(this.pin, this.list);
    this.draw();
  }

  // --- what the chat shows ---

  title() {
    if (this.thread === null) return this.info.title;
    return this.topics.find((item) => item.message_thread_id === this.thread)?.name ?? t("topics.general");
  }

  heading() {
    this.name.textContent = this.title();
    this.name.title = this.name.textContent;
    const mark = this.thread === null
      ? groupMark()
      : iconButton("back", t("topics.back"), "topics-back", () => this.leave());
    return [mark, el("div", { class: "chat-title" }, el("h2", {}, this.name), this.status)];
  }

  showStatus(action) {
    const { role } = this.hub.roleOf(this.person);
    const who = [fullName(this.person), role && t(`role.${role}`)].filter(Boolean).join(" · ");
    this.status.replaceChildren(action ?? who);
    this.status.title = this.status.textContent;
  }

  retitle() {
    super.retitle();
    this.list.setAttribute("aria-label", t("topics"));
    this.draw();
  }

  takeState(state) {
    super.takeState(state);
    this.topics = state.topics ?? [];
    this.pinned = state.pinned ?? [];
    this.info.title = state.title ?? this.info.title;
    if (this.thread && !this.topics.some((topic) => topic.message_thread_id === this.thread)) this.leave();
    if (this.name.textContent !== this.title()) this.drawHead();
    this.draw();
  }

  draw() {
    const listed = this.thread === null;
    this.list.hidden = !listed;
    this.history.node.hidden = listed;
    this.composer.node.hidden = listed;
    this.drawPin();
    if (listed) this.drawList();
  }

  render() {
    if (this.thread !== null) this.history.render();
    this.draw();
  }

  drawPin() {
    const pinned = this.pinnedHere();
    this.pin.hidden = !pinned;
    if (pinned) this.pin.replaceChildren(icon("pin"), el("span", {}, el("b", {}, t("topics.pinned")), el("span", { dir: "auto" }, summary(pinned))));
  }

  pinnedHere() {
    if (this.thread === null) return null;
    const found = this.pinned.map((id) => this.messages.get(id)).filter((message) => message && placeOf(message) === this.thread);
    return found[found.length - 1] ?? null;
  }

  drawList() {
    const lines = this.lines();
    // A line that is being pressed must not be replaced by its like.
    const sign = JSON.stringify([language(), lines.map(({ last, ...line }) => [line, last?.message_id, summary(last)])]);
    if (sign === this.drawn) return;
    this.drawn = sign;
    const focused = this.list.contains(document.activeElement) ? document.activeElement.dataset.thread : null;
    this.list.replaceChildren(...lines.map((line) => this.line(line)));
    if (focused !== null) this.list.querySelector(`[data-thread="${focused}"]`)?.focus();
  }

  lines() {
    const newest = new Map();
    for (const message of this.everything()) newest.set(placeOf(message), message);
    const general = { message_thread_id: GENERAL, name: t("topics.general") };
    return [...this.topics, general]
      .map(({ message_thread_id: id, name, closed }) => ({ id, name, closed, last: newest.get(id), unread: this.unreadIn(id) }))
      .sort((a, b) => (b.last?.message_id ?? 0) - (a.last?.message_id ?? 0));
  }

  line(topic) {
    return el(
      "li",
      {},
      el(
        "button",
        {
          type: "button",
          class: topic.closed ? "topic closed" : "topic",
          data: { testid: `topic-${topic.id}`, thread: topic.id },
          on: { click: () => this.enter(topic.id) },
        },
        el("span", { class: `avatar hue-${topic.id % 8}`, "aria-hidden": "true" }, icon(topic.id === GENERAL ? "list" : "topic")),
        el(
          "span",
          { class: "topic-text" },
          el("span", { class: "topic-name" }, el("b", { dir: "auto" }, topic.name), topic.last ? el("small", {}, clockTime(topic.last.date)) : null),
          el("small", { dir: "auto" }, topic.closed ? `${t("topics.closed")} · ` : "", topic.last ? summary(topic.last) : ""),
        ),
        topic.unread ? el("span", { class: "badge", data: { testid: `topic-unread-${topic.id}` } }, String(topic.unread)) : null,
      ),
    );
  }

  onListKey(event) {
    moveFocus(event, [...this.list.querySelectorAll("button")], ["ArrowUp", "ArrowDown"]);
  }

  // --- one topic ---

  async enter(thread) {
    this.keepDraft();
    this.thread = thread;
    this.firstUnread = [...this.fresh].filter((id) => placeOf(this.messages.get(id)) === thread).sort((a, b) => a - b)[0] ?? null;
    this.history.restart();
    this.drawHead();
    this.composer.insert(this.drafts.get(thread) ?? "");
    this.render();
    this.toEnd();
    this.composer.input.focus();
    if (this.more && this.visible().length < PAGE / 2) await this.attempt(() => this.load());
  }

  leave() {
    const from = this.thread;
    this.keepDraft();
    this.thread = null;
    this.drawHead();
    this.draw();
    this.list.querySelector(`[data-thread="${from}"]`)?.focus();
  }

  // What was begun for one reader must not wait in the field of another.
  keepDraft() {
    const { composer } = this;
    if (this.thread !== null && !composer.editing) this.drafts.set(this.thread, composer.input.value);
    composer.editing = null;
    composer.input.value = "";
    composer.clearTarget();
    composer.attachments.clear();
  }

  everything() {
    return super.visible();
  }

  visible() {
    const all = super.visible();
    return this.thread === null ? all : all.filter((message) => placeOf(message) === this.thread);
  }

  place() {
    return this.thread ? { message_thread_id: this.thread } : {};
  }

  emptyCard() {
    return el("div", { class: "empty-card" }, el("p", {}, t("topics.empty")));
  }

  // --- what was read: each topic by itself ---

  get unreadHere() {
    return this.unreadIn(this.thread);
  }

  unreadIn(thread) {
    return [...this.fresh].filter((id) => placeOf(this.messages.get(id)) === thread).length;
  }

  countUnread(count) {
    const foreign = this.everything().filter((message) => !isOwn(message, this.person));
    this.fresh = new Set(foreign.slice(foreign.length - count).map((message) => message.message_id));
    this.showUnread();
  }

  takeMessage(event) {
    const { message } = event;
    const isNew = event.kind === "message" && message && !this.messages.has(message.message_id) && !isOwn(message, this.person);
    super.takeMessage(event);
    // Whoever looks at one topic has not seen what came into another.
    if (isNew && !(this.active && document.hasFocus() && placeOf(message) === this.thread)) this.addUnread(message);
  }

  addUnread(message) {
    this.fresh.add(message.message_id);
    if (placeOf(message) === this.thread) this.firstUnread ??= message.message_id;
    this.showUnread();
  }

  showUnread() {
    this.unread = this.fresh.size;
    this.hub.onUnread();
    this.draw();
  }

  markRead(force = false) {
    if (this.thread === null) return;
    const before = this.fresh.size;
    for (const id of [...this.fresh]) {
      const message = this.messages.get(id);
      if (!message || placeOf(message) === this.thread) this.fresh.delete(id);
    }
    if (this.fresh.size === before && !force) return;
    this.unread = this.fresh.size;
    this.hub.onUnread();
    this.history.showDown();
    if (!this.fresh.size) api.read(this.id, this.person.id).catch(() => {});
  }
}

// The message that opens a topic has its own number for a place, and comes before it is told so.
const placeOf = (message) => message?.message_thread_id ?? (message?.forum_topic_created ? message.message_id : GENERAL);
