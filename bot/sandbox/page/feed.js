// What the system does by itself: deadlines, notices, the audit log; newest first.

import { api } from "./api.js";
import { el, icon } from "./dom.js";
import { language, t } from "./i18n.js";
import { moment } from "./time.js";

const EVERY = 2000;
const SOON = 250;
const KEPT = 500;
const SHOWN = 100;
const KINDS = { deadline: "clock", notice: "bell", audit: "list" };

export class Feed {
  constructor() {
    this.rows = [];
    this.nodes = new Map();
    this.last = 0;
    this.limit = SHOWN;
    this.off = new Set();
    this.list = el("ol", { class: "feed-list", data: { testid: "feed" } });
    this.filters = el("div", { class: "feed-filters", role: "group" });
    this.find = el("input", { type: "search", data: { testid: "feed-find" }, on: { input: () => this.show() } });
    this.older = el("button", { type: "button", class: "earlier", hidden: true, data: { testid: "feed-older" }, on: { click: () => this.showOlder() } });
    this.none = el("p", { class: "muted feed-none" });
    this.title = el("h2", {});
    this.node = el("section", { class: "feed", hidden: true, "aria-labelledby": "feed-title" }, this.title, this.filters, this.find, el("div", { class: "feed-scroll", tabIndex: 0, role: "region" }, this.list, this.none, this.older));
    this.title.id = "feed-title";
    this.retitle();
  }

  async start() {
    if (!(await this.refresh())) return;
    this.node.hidden = false;
    setInterval(() => document.hidden || this.refresh(), EVERY);
  }

  /** Something has just happened: look in a moment instead of at the next round. */
  soon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.refresh(), SOON);
  }

  async refresh() {
    const asked = language();
    try {
      const { events } = await api.feed(this.last, asked);
      if (asked !== language()) return true;
      const fresh = events.filter((event) => event.n > this.last);
      if (fresh.length) {
        this.rows.push(...fresh);
        this.rows.splice(0, this.rows.length - KEPT);
        this.last = fresh[fresh.length - 1].n;
        this.show();
      }
      return true;
    } catch {
      return false;
    }
  }

  retitle() {
    this.title.textContent = t("feed");
    this.find.placeholder = t("feed.find");
    this.find.setAttribute("aria-label", t("feed.find"));
    this.filters.setAttribute("aria-label", t("feed.filter"));
    this.list.parentNode.setAttribute("aria-label", t("feed"));
    this.filters.replaceChildren(...Object.keys(KINDS).map((kind) => this.filter(kind)));
    this.nodes.clear();
    this.rows = [];
    this.last = 0;
    this.show();
    if (!this.node.hidden) this.refresh();
  }

  filter(kind) {
    const node = el(
      "button",
      {
        type: "button",
        class: `chip-toggle kind-${kind}`,
        "aria-pressed": String(!this.off.has(kind)),
        data: { testid: `feed-filter-${kind}` },
        on: {
          click: () => {
            if (!this.off.delete(kind)) this.off.add(kind);
            node.setAttribute("aria-pressed", String(!this.off.has(kind)));
            this.show();
          },
        },
      },
      icon(KINDS[kind]),
      t(`feed.${kind}`),
    );
    return node;
  }

  fits(row) {
    const wanted = this.find.value.trim().toLowerCase();
    if (this.off.has(row.kind)) return false;
    return !wanted || `${row.title} ${row.detail ?? ""} ${row.subject ?? ""}`.toLowerCase().includes(wanted);
  }

  show() {
    const fit = this.rows.filter((row) => this.fits(row)).reverse();
    this.list.replaceChildren(...fit.slice(0, this.limit).map((row) => this.rowNode(row)));
    this.older.hidden = fit.length <= this.limit;
    this.older.textContent = t("feed.older");
    this.none.hidden = fit.length > 0;
    this.none.textContent = t(this.rows.length ? "feed.nothing-fits" : "feed.empty");
  }

  showOlder() {
    this.limit += SHOWN;
    this.show();
  }

  rowNode(row) {
    let node = this.nodes.get(row.n);
    if (!node) {
      node = this.makeRow(row);
      this.nodes.set(row.n, node);
    }
    return node;
  }

  makeRow(row) {
    const subject = row.subject
      ? el("button", {
          type: "button",
          class: "as-link",
          title: t("feed.only", { subject: row.subject }),
          textContent: row.subject,
          on: {
            click: () => {
              this.find.value = this.find.value === row.subject ? "" : row.subject;
              this.show();
            },
          },
        })
      : null;
    return el(
      "li",
      { class: `feed-row kind-${row.kind}`, data: { testid: "feed-row", kind: row.kind, n: row.n } },
      el("span", { class: "feed-icon", title: t(`feed.${row.kind}`) }, icon(KINDS[row.kind] ?? "list")),
      el(
        "div",
        { class: "feed-text" },
        el("b", { dir: "auto" }, row.title),
        row.detail ? el("span", { dir: "auto" }, row.detail) : null,
        el("small", {}, el("time", { dateTime: row.at }, moment(Date.parse(row.at))), subject),
      ),
    );
  }
}
