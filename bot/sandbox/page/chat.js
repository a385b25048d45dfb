// One person's chat: the list of messages, what taps do, and what comes from the server.

import { ApiError, api } from "./api.js";
import { avatar, fullName } from "./people.js";
import { Composer } from "./composer.js";
import { el, iconButton } from "./dom.js";
import { History, PAGE } from "./history.js";
import { known, t } from "./i18n.js";
import { isOwn, summary } from "./message.js";
import { alertDialog, announce, failed, menu, toast } from "./popup.js";
import { startPayload } from "./richtext.js";

const ACTION_SHOWN = 5000;
const PRESS_WAITS = 15000;

export class Chat {
  /** `hub` is the page: `now()`, `startAs(...)`, `personMenu(chat)`, `onUnread()`, `setBlocked`. */
  constructor(person, info, hub) {
    this.person = person;
    this.info = info;
    this.hub = hub;
    this.id = info.id;
    this.key = info.id === person.id ? String(person.id) : `${info.id}-${person.id}`;
    this.messages = new Map();
    this.version = 0;
    this.limit = 2 * PAGE;
    this.more = false;
    this.unread = 0;
    this.firstUnread = null;
    this.presses = new Map();
    this.answers = new Map();
    this.composer = new Composer(this);
    this.build();
  }

  /** True while the person is at this chat: what arrives then is read. */
  get active() {
    return this.hub.isActive(this);
  }

  /** Of what is unread, how much stands in the list on the screen. */
  get unreadHere() {
    return this.unread;
  }

  build() {
    this.history = new History(this);
    this.status = el("span", { class: "status" });
    this.name = el("bdi", {});
    this.head = el("header", { class: "chat-head" });
    this.node = el(
      "section",
      {
        class: "chat",
        id: `chat-${this.key}`,
        data: { testid: `chat-${this.key}`, person: this.person.id },
        on: { focusin: () => this.hub.activate(this), pointerdown: () => this.hub.activate(this) },
      },
      this.head,
      this.history.node,
      this.composer.node,
    );
    this.retitle();
  }

  /** Draws everything that holds words of the page anew. */
  retitle() {
    const { person } = this;
    this.drawHead();
    this.node.setAttribute("aria-label", t("chat.of", { name: fullName(person) }));
    this.showStatus();
    this.composer.retitle();
    this.history.retitle(fullName(person));
  }

  drawHead() {
    const more = iconButton("more", t("chat.menu"), "chat-menu", (event) => this.hub.chatMenu(this, event.currentTarget));
    this.head.replaceChildren(...this.heading(), more);
  }

  heading() {
    const { person, info } = this;
    this.name.textContent = info.type === "private" ? fullName(person) : info.title;
    const code = el("span", { class: "code", title: t("chat.language") }, person.language_code ?? "");
    return [avatar(person), el("div", { class: "chat-title" }, el("h2", {}, this.name, code), this.status)];
  }

  showStatus(action) {
    const { role, company } = this.hub.roleOf(this.person);
    const parts = [role && t(`role.${role}`), company].filter(Boolean);
    if (this.person.blocked) parts.unshift(t("chat.blocked"));
    this.status.textContent = action ?? (parts.join(" · ") || this.person.phone || "");
    this.status.title = this.status.textContent;
    this.node.classList.toggle("blocked", Boolean(this.person.blocked));
  }

  /** Fetches the newest messages; what is on the screen already stays in its place. */
  async load() {
    let state;
    this.late = [];
    do {
      state = await api.chat(this.id, this.person.id, this.limit);
      this.more = state.messages.length >= this.limit;
      this.messages = new Map(state.messages.map((message) => [message.message_id, message]));
      // A chat whose screens were mostly deleted needs a further look back to be worth reading.
    } while (this.more && this.visible().length < Math.min(this.history.shown, PAGE) / 2 && (this.limit *= 2));
    // Events that overtook this answer are newer than it.
    const late = this.late ?? [];
    this.late = null;
    for (const event of late) if (event.n > state.version) this.apply(event);
    this.version = state.version ?? 0;
    this.takeState(state);
    if (!this.active) this.countUnread(state.unread ?? 0);
    this.render();
    return state.version;
  }

  takeState(state) {
    this.composer.take(state);
  }

  render() {
    this.history.render();
  }

  async showEarlier() {
    if (this.more && this.visible().length < this.history.shown + PAGE) {
      this.limit = this.messages.size + 2 * PAGE;
      if ((await this.attempt(() => this.load())) === null) return;
    }
    this.history.grow();
  }

  toEnd() {
    this.history.toEnd();
    this.markRead();
  }

  emptyCard() {
    const { note } = this.hub.roleOf(this.person);
    return el(
      "div",
      { class: "empty-card" },
      el("p", {}, t("chat.empty")),
      note ? el("p", { class: "muted" }, note) : null,
      el("button", { type: "button", class: "primary", textContent: t("chat.start"), data: { testid: "start" }, on: { click: () => this.start("") } }),
    );
  }

  countUnread(count) {
    if (count && this.firstUnread === null) {
      const foreign = this.visible().filter((message) => !isOwn(message, this.person));
      this.firstUnread = foreign[foreign.length - count]?.message_id ?? null;
    }
    this.unread = count;
    this.hub.onUnread();
  }

  /** One event of this chat. */
  take(event) {
    if (event.n <= this.version && event.kind !== "callback_answer") return;
    if (event.kind === "message" || event.kind === "edit") this.takeMessage(event);
    else if (event.kind === "delete") this.takeDeletion(event);
    else if (event.kind === "callback_answer") this.takeAnswer(event.callback);
    else if (event.kind === "chat_action") this.takeAction();
    else if (event.kind === "commands") this.refreshSoon();
    else if (event.kind === "unread" && this.info.type === "private") this.takeRead();
  }

  takeMessage(event) {
    const { message } = event;
    if (!message) return this.refreshSoon(true);
    const isNew = !this.messages.has(message.message_id);
    this.apply(event);
    if (message._by === "bot") {
      clearTimeout(this.actionTimer);
      this.showStatus();
      // The reply keyboard is not part of a message: the chat's state says what it is now.
      this.refreshSoon();
    }
    if (isNew && event.kind === "message") {
      if (!isOwn(message, this.person)) {
        announce(t("announce.message", { name: fullName(this.person), text: summary(message) }));
        if (this.active && document.hasFocus()) this.markRead(true);
        else this.addUnread(message);
      }
    }
    this.render();
  }

  addUnread(message) {
    this.firstUnread ??= message.message_id;
    this.unread += 1;
    this.hub.onUnread();
  }

  // Read elsewhere: in another window, or by writing.
  takeRead() {
    this.unread = 0;
    this.hub.onUnread();
    this.history.showDown();
  }

  takeDeletion(event) {
    if (!event.message) return this.refreshSoon(true);
    this.apply(event);
    this.render();
    return this.refreshSoon();
  }

  apply(event) {
    this.late?.push(event);
    if (!event.message) return;
    if (event.kind === "delete") this.messages.delete(event.message.message_id);
    else if (["message", "edit"].includes(event.kind)) this.messages.set(event.message.message_id, event.message);
  }

  takeAction() {
    this.showStatus(t("chat.typing"));
    clearTimeout(this.actionTimer);
    this.actionTimer = setTimeout(() => this.showStatus(), ACTION_SHOWN);
  }

  refreshSoon(whole = false) {
    this.wholeRefresh ||= whole;
    clearTimeout(this.refreshTimer);
    this.refreshTimer = setTimeout(() => this.refresh(), 60);
  }

  async refresh() {
    const whole = this.wholeRefresh;
    this.wholeRefresh = false;
    try {
      if (whole) await this.load();
      else this.takeState(await api.chat(this.id, this.person.id, 1));
    } catch {
      // The long poll tells when the connection is back and everything is fetched anew then.
    }
  }

  visible() {
    return [...this.messages.values()]
      .filter((message) => !message._deleted)
      .sort((a, b) => a.message_id - b.message_id);
  }

  view() {
    return {
      person: this.person,
      authors: this.info.type !== "private",
      press: (message, button, node) => this.press(message, button, node),
      openMenu: (message, anchor) => this.messageMenu(message, anchor),
      jump: (id) => this.history.jump(id),
      acts: {
        lang: known(this.person.language_code),
        now: () => this.hub.now(),
        start: (payload) => this.start(payload),
        startAs: (payload, anchor) => this.hub.startAs(payload, anchor, this.person),
        command: (text) => this.say(text),
        copy: (text) => this.copy(text),
      },
    };
  }

  /** Marks all as read; `force` when something was read the moment it came. */
  markRead(force = false) {
    if (!this.unread && !force) return;
    this.unread = 0;
    this.hub.onUnread();
    this.history.showDown();
    api.read(this.id, this.person.id).catch(() => {});
  }

  /** The line "new messages" goes once the person has answered. */
  forgetUnreadMark() {
    this.firstUnread = null;
    this.markRead();
  }

  /** Does a call as the person; what fails is told in the chat. Gives null then. */
  async attempt(work) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      failed(error, this.node);
      return null;
    }
  }

  /** Where in the chat what is sent goes, as fields of a call. */
  place() {
    return {};
  }

  /** Writes as the person; `target` is the message answered. */
  async say(text, target) {
    this.forgetUnreadMark();
    const body = { from: this.person.id, text, ...this.place() };
    if (target) body.reply_to = target.message_id;
    const sent = await this.attempt(() => api.say(this.id, body));
    this.takeOwn(sent);
    return sent !== null;
  }

  takeOwn(message) {
    if (!message) return;
    if (!this.messages.has(message.message_id)) this.messages.set(message.message_id, message);
    this.render();
    this.toEnd();
  }

  start(payload) {
    this.forgetUnreadMark();
    return this.attempt(() => api.start(this.person.id, payload));
  }

  async copy(text) {
    try {
      await navigator.clipboard.writeText(text);
      toast(t("copied"), this.node);
    } catch {
      toast(text, this.node);
    }
  }

  async press(message, button, node) {
    if (button.copy_text) return this.copy(button.copy_text.text);
    const url = button.url ?? button.web_app?.url ?? button.login_url?.url;
    if (url) return this.open(url);
    if (button.switch_inline_query_current_chat !== undefined) {
      return this.composer.insert(button.switch_inline_query_current_chat);
    }
    if (button.callback_data === undefined || node.getAttribute("aria-busy")) return null;
    node.setAttribute("aria-busy", "true");
    const calm = () => node.removeAttribute("aria-busy");
    const answer = await this.attempt(() =>
      api.press(this.id, { from: this.person.id, message_id: message.message_id, data: button.callback_data }),
    );
    if (!answer) return calm();
    const id = answer.callback_query_id;
    this.presses.set(id, calm);
    setTimeout(() => {
      this.presses.delete(id);
      calm();
    }, PRESS_WAITS);
    // The bot may have answered before the press itself returned.
    if (this.answers.has(id)) this.finishPress(id);
    return null;
  }

  open(url) {
    const payload = startPayload(url);
    if (payload !== null) return this.start(payload);
    if (/^https?:/i.test(url)) window.open(url, "_blank", "noopener,noreferrer");
    return null;
  }

  takeAnswer(callback) {
    if (!callback) return;
    this.answers.set(callback.id, callback);
    if (this.presses.has(callback.id)) this.finishPress(callback.id);
    const by = callback.from?.id ?? callback.from;
    if (by !== undefined && by !== this.person.id) return;
    if (callback.url) this.open(callback.url);
    if (!callback.text) return;
    announce(callback.text);
    if (callback.show_alert) alertDialog(fullName(this.person), callback.text);
    else toast(callback.text, this.node);
  }

  finishPress(id) {
    this.presses.get(id)?.();
    this.presses.delete(id);
    this.answers.delete(id);
  }

  messageMenu(message, anchor) {
    const own = isOwn(message, this.person);
    const text = message.text ?? message.caption;
    const items = [{ label: t("message.reply"), testid: "message-reply", run: () => this.composer.replyTo(message) }];
    if (text) items.push({ label: t("message.copy"), testid: "message-copy", run: () => this.copy(text) });
    if (own && message.text) items.push({ label: t("message.edit"), testid: "message-edit", run: () => this.composer.edit(message) });
    if (own || this.info.type === "private") {
      items.push({
        label: t("message.delete"),
        testid: "message-delete",
        danger: true,
        run: () => this.attempt(() => api.remove(this.id, message.message_id, { from: this.person.id })),
      });
    }
    menu(anchor, items);
  }
}
