// The row of open chats: the way between them by arrow keys, and on a phone the only one.

import { el } from "./dom.js";
import { t } from "./i18n.js";
import { face, fullName } from "./people.js";
import { moveFocus } from "./popup.js";

export class Tabs {
  /** `open(chat)` shows a chat, `roleOf(person)` says who the person is. */
  constructor({ open, roleOf }) {
    this.open = open;
    this.roleOf = roleOf;
    this.chats = [];
    this.drawn = "";
    this.node = el("div", { class: "tabs", role: "tablist", on: { keydown: (event) => this.onKey(event) } });
  }

  draw(chats, current) {
    this.chats = chats;
    const focused = this.node.contains(document.activeElement);
    this.node.replaceChildren(...chats.map((chat) => this.tab(chat, chat === current)));
    const selected = this.node.querySelector('[aria-selected="true"]');
    if (focused) selected?.focus();
    // In view on a phone, where the row is longer than the screen; not at every unread mark.
    if (selected && this.drawn !== current.key) {
      this.drawn = current.key;
      selected.scrollIntoView({ block: "nearest", inline: "nearest" });
    }
  }

  tab(chat, selected) {
    const { person, info, unread } = chat;
    const { role, company } = this.roleOf(person);
    const name = info.type === "private" ? fullName(person) : `${info.title}, ${fullName(person)}`;
    const label = [name, company, unread ? t("chat.unread-count", { n: unread }) : ""];
    return el(
      "button",
      {
        type: "button",
        role: "tab",
        class: "tab",
        tabIndex: selected ? 0 : -1,
        "aria-selected": String(selected),
        "aria-controls": `chat-${chat.key}`,
        "aria-label": label.filter(Boolean).join(", "),
        data: { testid: `tab-${chat.key}`, key: chat.key },
        on: { click: () => this.open(chat) },
      },
      face(person, info),
      el(
        "span",
        { class: "tab-text" },
        el("b", { dir: "auto" }, info.type === "private" ? person.first_name : info.title),
        info.type === "private" ? role && el("small", {}, t(`role.${role}`)) : el("small", { dir: "auto" }, person.first_name),
      ),
      unread ? el("span", { class: "badge", data: { testid: `unread-${chat.key}` } }, String(unread)) : null,
    );
  }

  onKey(event) {
    const to = moveFocus(event, [...this.node.children], ["ArrowLeft", "ArrowRight"]);
    const chat = to && this.chats.find((item) => item.key === to.dataset.key);
    if (chat) this.open(chat);
  }
}
