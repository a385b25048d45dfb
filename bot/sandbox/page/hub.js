// What the hub does with notices: switches for trouble, where each is, chains, letters, webhooks.

import { ApiError, api } from "./api.js";
import { el, icon } from "./dom.js";
import { language, t } from "./i18n.js";
import { openLetter } from "./letter.js";
import { fullName } from "./people.js";
import { announce, failed, toast } from "./popup.js";
import { exactly, left, moment } from "./time.js";

const EVERY = 2000;
const SOON = 300;
const MANY = 1e9;
const LIMITED = 60;
// What "Telegram fails" can be; a hung connection is cut after so many seconds.
const FAULTS = {
  none: null,
  bad: { kind: "5xx", times: MANY },
  silent: { kind: "timeout_after", times: MANY, hang: 5 },
  limited: { kind: "429", lasts: LIMITED },
};
// A message that Telegram does not take: to one person only, so that the others can look into it.
const refusing = (chat) => ({ kind: "400", chat_id: chat, times: MANY, text: "can't parse entities" });
const SECTIONS = ["trouble", "where", "chains", "mail", "hooks"];
const FEW = 5;

export class Hub {
  /**
   * Of the page: `current()` the person of the chat, `block(person, yes)`, `tell(text)` as that
   * person, `come(person, payload)` by a link, `move(body)` and `now()` of the clock, and
   * `unread(count)`, which is told how many letters are new.
   */
  constructor(page) {
    Object.assign(this, page);
    this.data = { notices: [], chains: [], letters: [], hooks: [] };
    this.fault = { name: "none", left: null };
    this.refused = [];
    this.mine = true;
    this.seen = 0;
    this.drawn = {};
    this.all = new Set();
    this.bodies = Object.fromEntries(SECTIONS.map((name) => [name, el("div", { class: "hub-body", data: { testid: `hub-${name}` } })]));
    this.node = el("section", { class: "hub", hidden: true, data: { testid: "hub" } });
  }

  async start() {
    if (!(await this.refresh())) return;
    this.seen = this.newest;
    this.unread(0);
    this.node.hidden = false;
    setInterval(() => document.hidden || !this.shown || this.refresh(), EVERY);
  }

  get shown() {
    return this.node.offsetParent !== null;
  }

  get newest() {
    return this.data.letters.at(-1)?.number ?? 0;
  }

  soon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.refresh(), SOON);
  }

  async refresh() {
    const asked = language();
    const person = this.mine ? this.current()?.id : undefined;
    try {
      const [data, faults] = await Promise.all([api.hub(asked, person), api.faults()]);
      if (asked !== language()) return true;
      this.data = data;
      this.refused = faults.filter((each) => each.kind === "400").map((each) => each.chat_id);
      this.fault = named(faults.filter((each) => each.kind !== "400"));
      this.show();
      return true;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      return false;
    }
  }

  retitle() {
    this.node.setAttribute("aria-label", t("hub"));
    this.node.replaceChildren(
      ...SECTIONS.map((name) => el("details", { open: true, class: "hub-part" }, el("summary", {}, el("h2", {}, t(`hub.${name}`))), this.bodies[name])),
    );
    this.drawn = {};
    this.show();
    if (!this.node.hidden) this.refresh();
  }

  /** Draws what has changed; the focus stays where it was. */
  show() {
    const { notices, chains, letters, hooks } = this.data;
    const person = this.current();
    this.part("trouble", [this.fault, this.refused, person], () => this.trouble(person));
    this.part("chains", [chains, Math.floor(this.now() / 60_000)], () => this.list("chains", chains, (chain) => this.chain(chain)));
    this.part("where", [notices, this.mine, person?.id], () => [this.whose(person), ...this.list("where", notices, (notice) => this.notice(notice))]);
    this.part("mail", [letters], () => this.list("mail", [...letters].reverse(), (letter) => this.letter(letter)));
    this.part("hooks", [hooks], () => this.list("hooks", [...hooks].reverse(), hook));
    if (this.shown) this.seen = this.newest;
    this.unread(letters.filter((letter) => letter.number > this.seen).length);
  }

  part(name, facts, draw) {
    const now = JSON.stringify([facts, this.all.has(name)]);
    if (this.drawn[name] === now) return;
    this.drawn[name] = now;
    const body = this.bodies[name];
    const key = body.contains(document.activeElement) ? document.activeElement.dataset.testid : null;
    body.replaceChildren(...draw());
    if (key) body.querySelector(`[data-testid="${key}"]`)?.focus();
  }

  // --- switches ---

  trouble(person) {
    const buttons = Object.keys(FAULTS).map((name) =>
      el("button", {
        type: "button",
        class: "hub-switch",
        "aria-pressed": String(this.fault.name === name),
        textContent: t(`fault.${name}`, { n: this.fault.name === "limited" && name === "limited" ? this.fault.left : LIMITED }),
        data: { testid: `fault-${name}` },
        on: { click: () => this.fail(name) },
      }),
    );
    const rows = [el("div", { class: "hub-row", role: "group", "aria-label": t("fault") }, el("span", { class: "muted" }, t("fault")), ...buttons)];
    if (person) rows.push(this.personRow(person));
    return rows;
  }

  personRow(person) {
    const name = fullName(person);
    return el(
      "div",
      { class: "hub-row", role: "group", "aria-label": name },
      el("span", { class: "muted", dir: "auto" }, name),
      el("button", {
        type: "button",
        class: "hub-switch",
        "aria-pressed": String(Boolean(person.blocked)),
        textContent: t(person.blocked ? "chat.unblock" : "chat.block"),
        data: { testid: "hub-block" },
        on: { click: () => this.act(() => this.block(person, !person.blocked)) },
      }),
      el("button", {
        type: "button",
        class: "hub-switch",
        title: t("fault.refused.title"),
        "aria-pressed": String(this.refused.includes(person.id)),
        textContent: t("fault.refused"),
        data: { testid: "hub-refuse" },
        on: { click: () => this.refuse(person.id) },
      }),
      el("button", {
        type: "button",
        class: "hub-switch",
        title: t("hub.mute.title"),
        disabled: Boolean(person.blocked),
        textContent: t("hub.mute"),
        data: { testid: "hub-mute" },
        on: { click: () => this.tell("/settings") },
      }),
    );
  }

  async fail(name) {
    await this.act(async () => {
      await this.arrange(FAULTS[name], this.refused);
      announce(t(`fault.${name}`, { n: LIMITED }));
    });
  }

  async refuse(chat) {
    const refused = this.refused.includes(chat) ? this.refused.filter((each) => each !== chat) : [...this.refused, chat];
    const { name, left: seconds } = this.fault;
    const fault = FAULTS[name] && (seconds ? { ...FAULTS[name], lasts: seconds } : FAULTS[name]);
    await this.act(() => this.arrange(fault, refused));
  }

  async arrange(fault, refused) {
    await api.clearFaults();
    // What strikes first is what was added first: everybody's trouble goes before one person's.
    for (const each of [...(fault ? [fault] : []), ...refused.map(refusing)]) await api.addFault(each);
  }

  async act(work) {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      failed(error);
    }
    await this.refresh();
  }

  // --- lists ---

  /** The newest few of a list, and the rest at a press. */
  list(name, items, draw) {
    if (!items.length) return [el("p", { class: "muted" }, t(`hub.none.${name}`))];
    const all = this.all.has(name) || items.length <= FEW;
    const more = el("button", {
      type: "button",
      class: "hub-switch",
      textContent: t("hub.more"),
      data: { testid: `more-${name}` },
      on: {
        click: () => {
          this.all.add(name);
          this.show();
        },
      },
    });
    return [el("ul", { class: "hub-list" }, (all ? items : items.slice(0, FEW)).map(draw)), ...(all ? [] : [more])];
  }

  chain(chain) {
    const running = chain.state === "running";
    const lines = chain.woken.map((each) =>
      el("li", { data: { testid: "chain-woken" } }, el("time", { dateTime: each.at }, moment(Date.parse(each.at))), ` · ${each.name} · ${channel(each.channel)}`),
    );
    const ended = chain.ended ? moment(Date.parse(chain.ended)) : "";
    return el(
      "li",
      { class: "hub-item", data: { testid: "chain", number: chain.number, state: chain.state } },
      el("b", { dir: "auto" }, [chain.order && t("chain.order", { n: chain.order }), chain.title, chain.company].filter(Boolean).join(" · ")),
      lines.length ? el("ol", { class: "hub-lines" }, lines) : null,
      el("span", { class: `hub-state ${running ? "waits" : "well"}` }, [t(`chain.${chain.state}`), ended, chain.by].filter(Boolean).join(" · ")),
      chain.next ? this.climb(chain) : null,
    );
  }

  climb({ number, next }) {
    const at = Date.parse(next.at);
    return [
      el("span", {}, t("chain.next", { who: next.who, when: moment(at), left: left(Math.max(0, at - this.now())) })),
      el("button", {
        type: "button",
        class: "hub-switch",
        data: { testid: `climb-${number}` },
        on: { click: () => this.move({ now: next.at }).then(() => this.refresh()) },
      }, icon("forward"), t("chain.climb")),
    ];
  }

  whose(person) {
    const choice = (mine, label) =>
      el("button", {
        type: "button",
        class: "hub-switch",
        "aria-pressed": String(this.mine === mine),
        textContent: label,
        data: { testid: mine ? "where-mine" : "where-all" },
        on: {
          click: () => {
            this.mine = mine;
            this.refresh();
          },
        },
      });
    return el("div", { class: "hub-row", role: "group", "aria-label": t("hub.whose") }, choice(true, person ? fullName(person) : t("hub.current")), choice(false, t("hub.all")));
  }

  notice(notice) {
    return el(
      "li",
      { class: "hub-item", data: { testid: "where-notice", number: notice.number } },
      el("b", { dir: "auto" }, `№ ${notice.number} · ${notice.title}`),
      this.mine ? null : el("span", { class: "muted", dir: "auto" }, notice.name),
      el("ul", { class: "hub-lines" }, notice.ways.map(way)),
    );
  }

  letter(letter) {
    return el(
      "li",
      { class: "hub-item" },
      el(
        "button",
        { type: "button", class: "hub-letter", data: { testid: `letter-${letter.number}`, to: letter.to, channel: letter.channel }, on: { click: () => openLetter(letter, this.come) } },
        icon(letter.channel === "sms" ? "topic" : "mail"),
        el("span", { class: "hub-letter-text" }, el("b", { dir: "auto" }, letter.subject || letter.text), el("small", { dir: "auto" }, `${letter.to} · ${moment(Date.parse(letter.at))}`)),
      ),
      letter.code
        ? el("button", {
            type: "button",
            class: "hub-switch",
            title: t("letter.copy-code"),
            data: { testid: `code-${letter.number}`, code: letter.code },
            on: { click: () => copied(letter.code) },
          }, icon("copy"), letter.code)
        : null,
    );
  }
}

async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    toast(t("copied"));
  } catch {
    // Without the right to the clipboard the code still stands on the button.
  }
}

const channel = (name) => t(`channel.${name}`);

function way({ channel: name, state, queued, sent, opened, acked, attempts }) {
  const steps = Object.entries({ queued, sent, opened, acked }).map(([step, at]) => ({ at, words: `step.${step}` }));
  const failures = attempts.filter((attempt) => attempt.outcome !== "sent").map(({ at, outcome }) => ({ at, words: `outcome.${outcome}` }));
  const told = [...steps, ...failures].filter(({ at }) => at).sort((one, other) => Date.parse(one.at) - Date.parse(other.at));
  return el(
    "li",
    { data: { testid: "way", channel: name, state } },
    el("b", {}, channel(name)),
    el("span", { class: `hub-state ${state === "sent" ? "well" : "waits"}` }, t(`state.${state}`)),
    told.map(({ at, words }) => el("span", {}, t(words, { when: exactly(Date.parse(at)) }))),
  );
}

function hook(each) {
  return el(
    "li",
    { class: "hub-item", data: { testid: "hook", verified: String(each.verified) } },
    el("details", {}, el("summary", {}, el("b", {}, each.type || "–"), el("span", { class: `hub-state ${each.verified ? "well" : "waits"}` }, t(each.verified ? "hook.right" : "hook.wrong")), el("small", {}, moment(Date.parse(each.at)))), el("pre", { tabIndex: 0 }, pretty(each.body))),
  );
}

function pretty(body) {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}

/** Which of our switches the sandbox's faults are. */
function named(faults) {
  const kind = faults[0]?.kind;
  const name = Object.keys(FAULTS).find((each) => FAULTS[each]?.kind === kind) ?? "none";
  return { name, left: faults[0]?.lasts ? Math.ceil(faults[0].lasts) : null };
}
