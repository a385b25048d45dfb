// The messages of one chat on the screen: days, albums, the unread line, scrolling.

import { el, iconButton, place } from "./dom.js";
import { language, t } from "./i18n.js";
import { bubble, signature } from "./message.js";
import { astanaDay, dayTitle } from "./time.js";

export const PAGE = 60;
const NEAR_END = 80;

export class History {
  /** `chat` has `visible()`, `more`, `firstUnread`, `unreadHere`, `view()`, `showEarlier()`, `emptyCard()`. */
  constructor(chat) {
    this.chat = chat;
    this.shown = PAGE;
    this.nodes = new Map();
    this.stick = true;
    this.list = el("ol", { class: "messages", data: { testid: "messages" } });
    this.earlier = el("button", {
      type: "button",
      class: "earlier",
      hidden: true,
      data: { testid: "earlier" },
      on: { click: () => chat.showEarlier() },
    });
    this.empty = el("div", { class: "empty", hidden: true });
    this.scroll = el(
      "div",
      { class: "scroll", tabIndex: 0, role: "region", data: { testid: "scroll" }, on: { scroll: () => this.onScroll() } },
      this.earlier,
      this.list,
      this.empty,
    );
    this.downCount = el("span", { class: "badge", hidden: true });
    this.down = iconButton("down", "", "to-end", () => chat.toEnd(), { class: "icon-button to-end", hidden: true });
    this.down.append(this.downCount);
    this.node = el("div", { class: "chat-body" }, this.scroll, this.down);
    // Pictures that load, keyboards that open and chats that appear must not leave the end.
    const sizes = new ResizeObserver(() => this.keepEnd());
    sizes.observe(this.scroll);
    sizes.observe(this.list);
  }

  retitle(name) {
    this.scroll.setAttribute("aria-label", t("chat.messages", { name }));
    this.down.setAttribute("aria-label", t("chat.to-end"));
    this.down.title = t("chat.to-end");
    this.render();
  }

  /** Begins anew with other messages, at their end. */
  restart() {
    this.shown = PAGE;
    this.stick = true;
  }

  /** Brings the screen to what is known, keeping every node that still holds. */
  render() {
    const all = this.chat.visible();
    const from = Math.max(0, all.length - this.shown);
    this.earlier.hidden = from === 0 && !this.chat.more;
    this.earlier.textContent = t("chat.earlier");
    const kept = new Map();
    const wanted = [];
    let day = null;
    for (const group of groups(all.slice(from))) {
      const [head] = group;
      if (astanaDay(head.date) !== day) {
        day = astanaDay(head.date);
        wanted.push(this.keep(kept, `day${day}`, language(), () => el("li", { class: "day" }, el("span", {}, dayTitle(head.date)))));
      }
      if (group.some((message) => message.message_id === this.chat.firstUnread)) {
        wanted.push(this.keep(kept, "unread", language(), unreadMark));
      }
      wanted.push(this.keep(kept, `m${head.message_id}`, signature(group), () => bubble(group, this.chat.view())));
    }
    const focus = this.focusPlace();
    this.nodes = kept;
    place(this.list, wanted);
    this.restoreFocus(focus);
    this.empty.hidden = all.length > 0;
    if (!all.length) this.empty.replaceChildren(this.chat.emptyCard());
    this.keepEnd();
  }

  keep(kept, key, sign, make) {
    const before = this.nodes.get(key);
    const entry = before?.sign === sign ? before : { sign, node: make() };
    kept.set(key, entry);
    return entry.node;
  }

  // An edit replaces the bubble whose button was just pressed: the keyboard stays where it was.
  focusPlace() {
    const item = document.activeElement?.closest?.("li[data-id]");
    if (!item || !this.list.contains(item)) return null;
    return { id: item.dataset.id, index: targets(item).indexOf(document.activeElement) };
  }

  restoreFocus(focus) {
    if (!focus || this.list.contains(document.activeElement)) return;
    const item = this.item(focus.id);
    const all = item ? targets(item) : [];
    (all[Math.min(focus.index, all.length - 1)] ?? this.scroll).focus({ preventScroll: true });
  }

  item(id) {
    return this.list.querySelector(`li[data-id="${id}"]`);
  }

  atEnd() {
    const { scrollTop, scrollHeight, clientHeight } = this.scroll;
    return scrollHeight - scrollTop - clientHeight < NEAR_END;
  }

  toEnd() {
    this.stick = true;
    this.keepEnd();
  }

  keepEnd() {
    if (this.stick) this.scroll.scrollTop = this.scroll.scrollHeight;
    this.showDown();
  }

  onScroll() {
    // A hidden chat has no height and says nothing about where its reader is.
    if (this.scroll.clientHeight) this.stick = this.atEnd();
    this.showDown();
  }

  showDown() {
    this.down.hidden = this.stick || this.atEnd();
    this.downCount.hidden = !this.chat.unreadHere;
    this.downCount.textContent = String(this.chat.unreadHere);
  }

  /** Shows another page above without moving what is being read. */
  grow() {
    const before = this.scroll.scrollHeight - this.scroll.scrollTop;
    this.stick = false;
    this.shown += PAGE;
    this.render();
    this.scroll.scrollTop = this.scroll.scrollHeight - before;
    if (this.earlier.hidden) this.scroll.focus();
  }

  jump(id) {
    const all = this.chat.visible();
    const index = all.findIndex((message) => message.message_id === id);
    if (index < 0) return;
    this.stick = false;
    this.shown = Math.max(this.shown, all.length - index + 5);
    this.render();
    const item = this.item(id);
    item?.scrollIntoView({ block: "center" });
    item?.classList.add("found");
    setTimeout(() => item?.classList.remove("found"), 1500);
  }
}

const targets = (item) => [...item.querySelectorAll("button, a")];

const unreadMark = () =>
  el("li", { class: "unread-mark", data: { testid: "unread-mark" } }, el("span", {}, t("chat.unread")));

/** Messages in order, those of one album together. */
function groups(messages) {
  const made = [];
  for (const message of messages) {
    const before = made[made.length - 1];
    const album = message.media_group_id;
    if (album && before?.[0].media_group_id === album) before.push(message);
    else made.push([message]);
  }
  return made;
}
