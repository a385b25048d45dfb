// Where a person types: text, attachments, commands, the bot's reply keyboard.

import { api } from "./api.js";
import { Attachments } from "./attachments.js";
import { el, icon, iconButton } from "./dom.js";
import { t } from "./i18n.js";
import { summary } from "./message.js";
import { moveFocus } from "./popup.js";

export class Composer {
  constructor(chat) {
    this.chat = chat;
    this.keyboard = null;
    this.keyboardSign = "null";
    this.keyboardShown = false;
    this.commands = [];
    this.target = null;
    this.editing = null;
    this.attachments = new Attachments(chat, () => this.update());
    this.build();
  }

  build() {
    this.input = el("textarea", {
      class: "input",
      rows: 1,
      data: { testid: "input" },
      on: {
        input: () => this.update(),
        keydown: (event) => this.onKey(event),
        paste: (event) => this.attachments.addAll(event.clipboardData?.files ?? [], event),
      },
    });
    this.banner = el("div", { class: "banner", hidden: true, data: { testid: "banner" } });
    this.hints = el("div", { class: "hints", role: "listbox", hidden: true, data: { testid: "commands" } });
    this.row = el("div", { class: "composer-row" });
    this.replies = el("div", { class: "reply-keyboard", role: "group", hidden: true, data: { testid: "reply-keyboard" } });
    this.node = el(
      "form",
      {
        class: "composer",
        noValidate: true,
        on: {
          focusout: (event) => {
            if (this.pinned && !this.node.contains(event.relatedTarget)) this.hideHints();
          },
          submit: (event) => {
            event.preventDefault();
            this.send();
          },
          dragover: (event) => event.preventDefault(),
          drop: (event) => this.attachments.addAll(event.dataTransfer?.files ?? [], event),
        },
      },
      this.hints,
      this.banner,
      this.attachments.holder,
      this.attachments.node,
      this.row,
      this.replies,
    );
  }

  /** Draws everything that holds words of the page anew. */
  retitle() {
    this.slash = iconButton("slash", t("commands"), "commands-button", () => this.toggleCommands(), { "aria-expanded": "false" });
    this.clip = iconButton("attach", t("attach"), "attach", (event) => this.attachments.openMenu(event.currentTarget));
    this.toggle = iconButton("keyboard", t("keyboard"), "keyboard-toggle", () => this.showKeyboard(!this.keyboardShown));
    this.mic = iconButton("voice", t("voice.send"), "microphone", () => this.attachments.sendSample());
    this.submit = iconButton("send", t("send"), "send", null, { type: "submit", class: "icon-button send" });
    const typed = this.input;
    typed.setAttribute("aria-label", t("input.label", { name: this.chat.person.first_name }));
    this.row.replaceChildren(this.clip, this.slash, typed, this.toggle, this.mic, this.submit);
    this.restart = el("button", {
      type: "button",
      class: "primary wide",
      textContent: t("chat.unblock"),
      data: { testid: "unblock" },
      on: { click: () => this.chat.hub.setBlocked(this.chat.person, false) },
    });
    if (this.chat.person.blocked) this.row.replaceChildren(this.restart);
    this.replies.setAttribute("aria-label", t("keyboard"));
    this.hints.setAttribute("aria-label", t("commands"));
    this.drawKeyboard();
    this.drawBanner();
    this.update();
  }

  /** Takes the keyboard and commands of the chat's state as the server has them. */
  take({ reply_keyboard: keyboard, commands, menu_button: button }) {
    const sign = JSON.stringify(keyboard ?? null);
    this.commands = commands ?? [];
    this.menuButton = button;
    if (sign !== this.keyboardSign) {
      this.keyboardSign = sign;
      this.keyboard = keyboard ?? null;
      this.keyboardShown = Boolean(keyboard?.keyboard);
      if (keyboard?.force_reply) this.answerBot();
      else if (this.forced) this.clearTarget();
      this.drawKeyboard();
    }
    this.update();
  }

  // Force reply opens an answer to the bot's newest message, as the apps do.
  answerBot() {
    const bots = this.chat.visible().filter((message) => message._by === "bot");
    this.target = bots[bots.length - 1] ?? null;
    this.forced = true;
    this.drawBanner();
    if (this.chat.active) this.input.focus();
  }

  drawKeyboard() {
    const rows = this.keyboard?.keyboard;
    this.toggle.hidden = !rows;
    this.replies.hidden = !rows || !this.keyboardShown || Boolean(this.chat.person.blocked);
    this.toggle.setAttribute("aria-expanded", String(!this.replies.hidden));
    this.replies.replaceChildren(
      ...(rows ?? []).map((row) =>
        el("div", { class: "row" }, row.map((button) => this.replyButton(typeof button === "string" ? { text: button } : button))),
      ),
    );
  }

  replyButton(button) {
    return el(
      "button",
      {
        type: "button",
        class: `reply-button ${button.style ?? ""}`,
        data: { testid: "reply-button", contact: button.request_contact ? "own" : undefined },
        on: { click: () => this.tapReply(button) },
      },
      button.request_contact ? icon("person") : null,
      el("span", { dir: "auto" }, button.text),
    );
  }

  async tapReply(button) {
    if (this.keyboard?.one_time_keyboard) this.showKeyboard(false);
    const { chat } = this;
    if (!button.request_contact) return void (await chat.say(button.text));
    chat.takeOwn(await chat.attempt(() => api.contact(chat.id, { from: chat.person.id })));
  }

  showKeyboard(yes) {
    this.keyboardShown = yes;
    this.drawKeyboard();
    if (!yes) this.input.focus();
  }

  update() {
    const { input } = this;
    input.placeholder = this.keyboard?.input_field_placeholder || t("input.placeholder");
    this.fit();
    if (!this.slash) return;
    this.slash.hidden = !this.commands.length || Boolean(input.value);
    this.offer(Boolean(input.value.trim() || this.attachments.files.length));
    if (input.value.startsWith("/")) this.drawHints(input.value);
    else if (!this.pinned) this.hideHints();
  }

  // As in the apps: the microphone stands where the arrow is while there is nothing to send.
  offer(ready) {
    const left = document.activeElement === this.submit && !ready;
    this.submit.disabled = !ready;
    this.submit.hidden = !ready;
    this.mic.hidden = ready || Boolean(this.editing);
    if (left) this.input.focus();
  }

  // As high as its text; a field out of sight has no height to go by.
  fit() {
    const { input } = this;
    input.style.height = "auto";
    if (input.scrollHeight) input.style.height = `${Math.min(input.scrollHeight + 2, 160)}px`;
  }

  toggleCommands() {
    this.pinned = this.hints.hidden;
    if (!this.pinned) return this.hideHints();
    this.drawHints("/");
    this.hints.firstChild?.focus();
    return null;
  }

  hideHints() {
    this.pinned = false;
    this.hints.hidden = true;
    this.slash?.setAttribute("aria-expanded", "false");
  }

  drawHints(typed) {
    const fit = this.commands.filter(({ command }) => `/${command}`.startsWith(typed.trim()));
    this.hints.hidden = !fit.length;
    this.slash.setAttribute("aria-expanded", String(!this.hints.hidden));
    this.hints.replaceChildren(
      ...fit.map(({ command, description }) =>
        el(
          "button",
          {
            type: "button",
            role: "option",
            tabIndex: -1,
            data: { testid: "command", command },
            on: { click: () => this.runCommand(command), keydown: (event) => this.onHintKey(event) },
          },
          el("b", {}, `/${command}`),
          el("span", {}, description),
        ),
      ),
    );
  }

  onHintKey(event) {
    if (event.key === "Escape") {
      this.hideHints();
      this.input.focus();
    } else moveFocus(event, [...this.hints.children], ["ArrowUp", "ArrowDown"]);
  }

  runCommand(command) {
    this.input.value = "";
    this.hideHints();
    this.input.focus();
    this.update();
    return this.chat.say(`/${command}`);
  }

  onKey(event) {
    if (event.isComposing) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.send();
    } else if (event.key === "Escape") {
      if (!this.hints.hidden) this.hideHints();
      else if (this.editing) this.cancelEdit();
      else if (this.target) this.clearTarget();
    } else if (!this.hints.hidden && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
      event.preventDefault();
      const { children } = this.hints;
      children[event.key === "ArrowUp" ? children.length - 1 : 0]?.focus();
    } else if (event.key === "ArrowUp" && !this.input.value) this.editLast(event);
  }

  editLast(event) {
    const own = this.chat.visible().filter((message) => message._by === "person" && message.from?.id === this.chat.person.id);
    const last = own[own.length - 1];
    if (!last?.text) return;
    event.preventDefault();
    this.edit(last);
  }

  /** Puts words into the field without sending them. */
  insert(text) {
    this.input.value = text;
    this.update();
    this.input.focus();
  }

  replyTo(message) {
    this.editing = null;
    this.target = message;
    this.forced = false;
    this.drawBanner();
    this.input.focus();
  }

  edit(message) {
    this.editing = message;
    this.target = null;
    this.insert(message.text);
    this.drawBanner();
  }

  clearTarget() {
    this.target = null;
    this.forced = false;
    this.drawBanner();
  }

  cancelEdit() {
    this.editing = null;
    this.insert("");
    this.drawBanner();
  }

  drawBanner() {
    const message = this.editing ?? this.target;
    this.banner.hidden = !message;
    if (!message) return this.banner.replaceChildren();
    const stop = () => (this.editing ? this.cancelEdit() : this.clearTarget());
    return this.banner.replaceChildren(
      icon("reply"),
      el("div", { class: "banner-text" }, el("strong", {}, t(this.editing ? "banner.edit" : "banner.reply")), el("span", { dir: "auto" }, summary(message))),
      iconButton("close", t("cancel"), "banner-close", stop),
    );
  }

  async send() {
    const { chat, input } = this;
    const text = input.value.trim();
    if (this.attachments.files.length) return this.sendFiles(text);
    if (!text) return null;
    if (this.editing) return this.sendEdit(text);
    const { target } = this;
    input.value = "";
    this.clearTarget();
    this.update();
    if (!(await chat.say(text, target)) && !input.value) this.insert(text);
    return null;
  }

  async sendEdit(text) {
    const { chat, editing } = this;
    this.cancelEdit();
    const edited = await chat.attempt(() => api.edit(chat.id, editing.message_id, { from: chat.person.id, text }));
    if (!edited) return;
    chat.messages.set(edited.message_id, edited);
    chat.render();
  }

  async sendFiles(caption) {
    this.submit.disabled = true;
    const sent = await this.attachments.send(caption);
    if (sent) this.input.value = "";
    this.update();
  }
}
