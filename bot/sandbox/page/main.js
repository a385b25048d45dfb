// The page: opens the chats, follows the events, hands each to its chat.

import { ApiError, api } from "./api.js";
import { Chat } from "./chat.js";
import { Clock } from "./clock.js";
import { bringIntoView, el, icon } from "./dom.js";
import { follow } from "./events.js";
import { Feed } from "./feed.js";
import { Forum } from "./forum.js";
import { Guide } from "./guide.js";
import { Hub } from "./hub.js";
import { firstChats, keepChats, ownChat } from "./kept.js";
import { LANGUAGES, language, setLanguage, t } from "./i18n.js";
import { newPerson, pickPerson } from "./people.js";
import { Panels } from "./panels.js";
import { failed, menu, toast } from "./popup.js";
import { Tabs } from "./tabs.js";

const RETRY = 1000;

class Page {
  constructor() {
    this.people = [];
    this.roles = new Map();
    this.chats = [];
    this.elsewhere = new Map();
    this.current = null;
    this.view = "chat";
    this.clock = new Clock(() => this.soon());
    this.feed = new Feed();
    this.guide = new Guide();
    this.hub = new Hub({
      current: () => (this.current?.info.type === "private" ? this.current.person : null),
      block: (person, yes) => this.setBlocked(person, yes),
      tell: (text) => this.tell(text),
      come: (person, payload) => this.come(person, payload),
      move: (body) => this.clock.move(body),
      now: () => this.clock.now(),
      unread: (count) => this.panels.mark("hub", count),
    });
    this.root = document.getElementById("page");
    this.panes = el("div", { class: "panes", data: { testid: "panes" } });
    this.tabs = new Tabs({ open: (chat) => this.open(chat), roleOf: (person) => this.roleOf(person) });
    this.chooser = el("button", { type: "button", class: "tab-action", data: { testid: "chooser" }, on: { click: () => this.choose() } });
    this.panels = new Panels((name) => this.setView(this.view === name ? "chat" : name));
    this.aside = el("aside", { class: "side", data: { testid: "side" } }, this.hub.node, this.guide.node, this.feed.node);
    this.offline = el("div", { class: "offline", role: "status", hidden: true, data: { testid: "offline" } });
    this.frame();
  }

  // --- the frame around the chats ---

  frame() {
    this.brand = el("h1", { class: "brand" });
    this.languages = el("div", { class: "languages", role: "group" });
    this.sideToggle = el("button", { type: "button", class: "icon-button side-toggle", data: { testid: "side-toggle" }, on: { click: () => this.toggleSide() } }, icon("panel"));
    this.top = el("header", { class: "top" }, this.brand, this.clock.node, this.languages, this.sideToggle);
    this.bar = el("nav", { class: "bar" }, this.tabs.node, this.chooser, this.panels.node);
    this.root.replaceChildren(this.top, this.bar, el("main", { class: "main" }, this.panes, this.aside), this.offline);
    this.retitle();
  }

  retitle() {
    setLanguage(language());
    document.title = t("title");
    this.brand.replaceChildren(el("span", { class: "logo", "aria-hidden": "true" }, "Т"), el("span", { class: "brand-text" }, el("b", {}, "Tapsyrys"), el("small", {}, t("subtitle"))));
    this.languages.setAttribute("aria-label", t("language"));
    this.languages.replaceChildren(...LANGUAGES.map((code) => this.languageButton(code)));
    this.chooser.replaceChildren(icon("plus"), el("span", {}, t("people.open")));
    this.chooser.title = t("people.open");
    this.bar.setAttribute("aria-label", t("chats"));
    this.tabs.node.setAttribute("aria-label", t("chats"));
    this.aside.setAttribute("aria-label", t("panels"));
    this.sideToggle.title = t("panels.toggle");
    this.sideToggle.setAttribute("aria-label", t("panels.toggle"));
    this.offline.textContent = t("offline");
    for (const part of [this.clock, this.feed, this.guide, this.hub, this.panels, ...this.chats]) part.retitle();
    this.drawTabs();
  }

  languageButton(code) {
    return el("button", {
      type: "button",
      lang: code,
      title: t("language.name", {}, code),
      "aria-label": t("language.name", {}, code),
      "aria-pressed": String(code === language()),
      textContent: t("language.short", {}, code),
      data: { testid: `lang-${code}` },
      on: {
        click: () => {
          setLanguage(code);
          this.retitle();
          this.languages.querySelector(`[lang="${code}"]`).focus();
        },
      },
    });
  }

  setView(view) {
    this.view = view;
    this.root.dataset.view = view;
    this.panels.choose(view);
    if (view === "guide") this.guide.fold.open = true;
    if (view === "hub") {
      this.root.classList.remove("side-shut");
      this.hub.refresh();
      // The panel takes room from the chats: the one that it speaks of stays in view.
      bringIntoView(this.current?.node, this.panes);
    }
    this.drawTabs();
  }

  // On a wide page the panel stands beside the chats: a chat that is opened does not close it.
  besideChats() {
    return this.view === "hub" && !matchMedia("(max-width: 760px)").matches;
  }

  /** Something happened: the lists look in a moment. */
  soon() {
    this.feed.soon();
    this.hub.soon();
  }

  toggleSide() {
    const shut = this.root.classList.toggle("side-shut");
    this.sideToggle.setAttribute("aria-expanded", String(!shut));
  }

  // --- tabs ---

  drawTabs() {
    this.tabs.draw(this.chats, this.current);
    const total = [...this.elsewhere.values()].reduce((sum, count) => sum + count, 0);
    this.chooser.querySelector(".badge")?.remove();
    if (total) this.chooser.append(el("span", { class: "badge" }, String(total)));
  }

  /** Makes a chat the current one and brings it into view. */
  open(chat) {
    if (!this.besideChats()) this.setView("chat");
    this.activate(chat);
    bringIntoView(chat.node, this.panes);
    chat.composer.fit();
    chat.history.keepEnd();
  }

  // --- what a chat asks of the page ---

  now() {
    return this.clock.now();
  }

  isActive(chat) {
    const covered = this.view !== "chat" && matchMedia("(max-width: 760px)").matches;
    return chat === this.current && !covered;
  }

  activate(chat) {
    if (this.current !== chat) {
      this.current?.node.classList.remove("current");
      this.current = chat;
      chat.node.classList.add("current");
      this.drawTabs();
      this.hub.show();
      this.hub.soon();
      chat.history.showDown();
      chat.composer.fit();
    }
    chat.markRead();
  }

  onUnread() {
    this.drawTabs();
  }

  roleOf(person) {
    const role = this.roles.get(person.id) ?? {};
    return { ...role, role: role.role && this.knownRole(role.role) };
  }

  knownRole(role) {
    return ["supplier", "customer", "support", "admin", "authority", "technical", "observer", "newcomer"].includes(role) ? role : "other";
  }

  async setBlocked(person, yes) {
    try {
      await api.block(person.id, yes);
      await this.refreshPeople();
      this.hub.show();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      failed(error);
    }
  }

  chatMenu(chat, anchor) {
    const { person } = chat;
    const own = chat.info.type === "private";
    const items = [
      { label: t("chat.start"), testid: "menu-start", run: () => chat.start("") },
      {
        label: t(person.blocked ? "chat.unblock" : "chat.block"),
        testid: person.blocked ? "menu-unblock" : "menu-block",
        danger: !person.blocked,
        run: () => this.setBlocked(person, !person.blocked),
      },
    ];
    menu(anchor, [...(own ? items : []), { label: t("chat.close"), testid: "menu-close", run: () => this.close(chat) }]);
  }

  async startAs(payload, anchor, own) {
    const others = this.people.filter((person) => person.id !== own.id);
    const person = await this.pick(t("link.as"), others);
    if (!person) return;
    const chat = await this.openPerson(person);
    if (chat) await chat.start(payload);
  }

  async pickContact(chat, send) {
    const person = await pickPerson(t("attach.contact"), this.people, (who) => this.roleOf(who));
    if (person) send(person);
  }

  /** Says something as the person of the current chat. */
  async tell(text) {
    const chat = this.current;
    try {
      await api.say(chat.id, { from: chat.person.id, text });
      this.open(chat);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      failed(error);
    }
  }

  /** Follows a link of a letter back into a person's chat. */
  async come(id, payload) {
    const person = this.people.find((item) => item.id === id);
    const chat = person && (await this.openPerson(person));
    if (chat) await chat.start(payload);
  }

  // --- choosing chats ---

  async pick(title, people, extra = {}) {
    const chosen = await pickPerson(title, people, (who) => this.roleOf(who), { canAdd: true, ...extra });
    if (!chosen?.isNew) return chosen;
    const person = await newPerson();
    if (person) await this.refreshPeople();
    return person && (this.people.find((item) => item.id === person.id) ?? person);
  }

  async choose() {
    let list = [];
    try {
      [list] = await Promise.all([api.chats(), this.refreshPeople()]);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      return failed(error);
    }
    const chosen = await this.pick(t("people.open"), this.people, {
      chats: new Map(list.map((chat) => [chat.id, chat])),
      groups: list.filter((chat) => chat.type !== "private"),
    });
    if (!chosen) return null;
    if (!chosen.group) return this.openPerson(chosen);
    const reader = await pickPerson(t("people.read-as"), this.people, (who) => this.roleOf(who));
    return reader && this.openPerson(reader, chosen.group);
  }

  /** Opens a person's own chat with the bot, or a group as that person sees it. */
  async openPerson(person, group) {
    const info = group ?? ownChat(person);
    let chat = this.chats.find((item) => item.id === info.id && item.person.id === person.id);
    if (!chat) {
      chat = await this.addChat(person, info);
      if (!chat) return null;
      this.keep();
    }
    this.open(chat);
    chat.composer.input.focus();
    return chat;
  }

  async addChat(person, info) {
    const chat = info.is_forum ? new Forum(person, info, this) : new Chat(person, info, this);
    try {
      await chat.load();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      failed(error);
      return null;
    }
    this.elsewhere.delete(info.id);
    this.chats.push(chat);
    this.panes.append(chat.node);
    this.panes.style.setProperty("--chats", String(this.chats.length));
    this.nobody?.remove();
    chat.composer.update();
    chat.history.toEnd();
    this.drawTabs();
    return chat;
  }

  close(chat) {
    this.chats = this.chats.filter((item) => item !== chat);
    chat.node.remove();
    this.panes.style.setProperty("--chats", String(this.chats.length));
    if (this.current === chat) this.current = null;
    if (!this.current && this.chats.length) this.activate(this.chats[0]);
    this.drawTabs();
    this.keep();
    this.chooser.focus();
  }

  keep() {
    keepChats(this.chats);
  }

  // --- the beginning, and what comes from the server ---

  async begin() {
    const [people, story] = await this.patiently(() => Promise.all([api.people(), this.story()]));
    this.people = people;
    for (const person of story.people ?? []) this.roles.set(person.id, person);
    this.guide.take(story.tasks ?? [], story.links ?? []);
    await Promise.all([this.clock.start(), this.feed.start(), this.hub.start()]);
    const chats = await this.patiently(() => api.chats());
    for (const [person, info] of firstChats(story.default, this.people, chats)) await this.addChat(person, info);
    if (this.chats.length) this.activate(this.chats[0]);
    else this.showNobody();
    const versions = this.chats.map((chat) => chat.version);
    const version = versions.length ? Math.min(...versions) : (await this.patiently(() => api.events(0, 0))).version;
    this.root.dataset.ready = "true";
    await follow(version, {
      onEvents: (events) => this.take(events),
      onGap: () => this.reload(),
      onState: (online) => (this.offline.hidden = online),
    });
  }

  // Without the demo around it the page still is a page of chats.
  async story() {
    try {
      return await api.story();
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return {};
      throw error;
    }
  }

  async patiently(work) {
    for (;;) {
      try {
        const answer = await work();
        this.offline.hidden = true;
        return answer;
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        this.offline.hidden = false;
        await new Promise((resolve) => setTimeout(resolve, RETRY));
      }
    }
  }

  showNobody() {
    this.nobody = el("div", { class: "empty" }, el("div", { class: "empty-card" },
      el("p", {}, t("people.nobody")),
      el("button", { type: "button", class: "primary", textContent: t("people.new"), data: { testid: "nobody-new" }, on: { click: () => this.addFirst() } })));
    this.panes.append(this.nobody);
  }

  async addFirst() {
    const person = await newPerson();
    if (!person) return;
    await this.refreshPeople();
    await this.openPerson(this.people.find((item) => item.id === person.id) ?? person);
  }

  async refreshPeople() {
    this.people = await api.people();
    for (const chat of this.chats) {
      const fresh = this.people.find((person) => person.id === chat.person.id);
      if (fresh && JSON.stringify(fresh) !== JSON.stringify(chat.person)) {
        chat.person = fresh;
        chat.retitle();
      }
    }
    this.drawTabs();
  }

  take(events) {
    for (const event of events) {
      // Commands set for everybody come with no chat.
      const open = this.chats.filter((chat) => chat.id === event.chat || !event.chat);
      for (const chat of open) chat.take(event);
      if (event.kind === "person") this.refreshPeople().catch(() => {});
      if (!open.length && event.kind === "message" && event.message?._by === "bot") {
        this.elsewhere.set(event.chat, (this.elsewhere.get(event.chat) ?? 0) + 1);
        this.drawTabs();
      }
    }
    this.soon();
  }

  async reload() {
    await this.patiently(() => Promise.all([this.refreshPeople(), ...this.chats.map((chat) => chat.load())]));
    this.feed.retitle();
    toast(t("reloaded"));
  }
}

const page = new Page();
page.begin();
