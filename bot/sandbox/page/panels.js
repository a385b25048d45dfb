// The buttons of what stands beside the chats; on a phone, in their place.

import { el, icon } from "./dom.js";
import { t } from "./i18n.js";

const PICTURES = { hub: "bell", guide: "flag", feed: "list" };

export class Panels {
  /** `press(name)` is told which button was pressed. */
  constructor(press) {
    this.press = press;
    this.view = "chat";
    this.counts = new Map();
    this.node = el("div", { class: "panel-tabs", role: "group" });
  }

  retitle() {
    this.node.setAttribute("aria-label", t("panels"));
    const focused = document.activeElement?.dataset.testid;
    this.node.replaceChildren(...Object.keys(PICTURES).map((name) => this.tab(name)));
    if (focused) this.node.querySelector(`[data-testid="${focused}"]`)?.focus();
  }

  tab(name) {
    const count = this.counts.get(name);
    return el(
      "button",
      {
        type: "button",
        class: "tab-action",
        title: t(`panel.${name}`),
        "aria-pressed": String(this.view === name),
        data: { testid: `tab-${name}` },
        on: { click: () => this.press(name) },
      },
      icon(PICTURES[name]),
      el("span", {}, t(`panel.${name}`)),
      count ? el("span", { class: "badge", data: { testid: `new-${name}` } }, String(count)) : null,
    );
  }

  choose(view) {
    this.view = view;
    for (const tab of this.node.children) tab.setAttribute("aria-pressed", String(tab.dataset.testid === `tab-${view}`));
  }

  /** Says on a button how much is new there. */
  mark(name, count) {
    if (this.counts.get(name) === count) return;
    this.counts.set(name, count);
    this.retitle();
  }
}
