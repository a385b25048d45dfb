// The story's tasks for a newcomer, to be ticked off, and the ways to the other pages.

import { el, icon } from "./dom.js";
import { language, t } from "./i18n.js";

const KEPT = "tapsyrys.done";

export class Guide {
  constructor() {
    this.tasks = [];
    this.links = [];
    this.done = new Set(read());
    this.body = el("div", { class: "guide-body" });
    this.title = el("h2", {});
    this.count = el("span", { class: "code" });
    this.fold = el("details", { class: "guide", open: true, data: { testid: "guide" } }, el("summary", {}, this.title, this.count), this.body);
    this.node = this.fold;
  }

  take(tasks, links) {
    this.tasks = tasks;
    this.links = links;
    this.retitle();
  }

  retitle() {
    this.title.textContent = t("guide");
    const lines = t("guide.intro").split("|");
    this.body.replaceChildren(
      el("ul", { class: "guide-intro" }, lines.map((line) => el("li", {}, line))),
      this.links.length ? el("div", { class: "guide-links" }, this.links.map(link)) : "",
      this.tasks.length ? el("ol", { class: "tasks" }, this.tasks.map((task, index) => this.task(task, index))) : "",
    );
    this.showCount();
  }

  task(task, index) {
    // The story is told in Kazakh and Russian; an English reader gets its Russian.
    const text = task[language()] ?? task.ru ?? task.kk;
    const key = task.kk ?? text;
    const box = el("input", {
      type: "checkbox",
      checked: this.done.has(key),
      data: { testid: `task-${index}` },
      on: {
        change: () => {
          if (box.checked) this.done.add(key);
          else this.done.delete(key);
          sessionStorage.setItem(KEPT, JSON.stringify([...this.done]));
          this.showCount();
        },
      },
    });
    return el("li", {}, el("label", {}, box, el("span", {}, text)));
  }

  showCount() {
    const ticked = this.tasks.filter((task) => this.done.has(task.kk ?? task.ru)).length;
    this.count.textContent = this.tasks.length ? `${ticked} / ${this.tasks.length}` : "";
  }
}

const PICTURES = { desk: "desk", status: "pulse" };

const link = ({ name, url }) =>
  el("a", { href: url, target: "_blank", rel: "noopener", title: t(`link.${name}.title`), data: { testid: `link-${name}` } }, icon(PICTURES[name] ?? "link"), t(`link.${name}`));

function read() {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT) ?? "[]");
  } catch {
    return [];
  }
}
