// The one clock of the demo, in Astana, and the buttons that move it.

import { ApiError, api } from "./api.js";
import { el, icon } from "./dom.js";
import { t } from "./i18n.js";
import { announce, failed } from "./popup.js";
import { due, forInput, fridayNight, fromInput, left, moment } from "./time.js";

const EVERY = 2000;

export class Clock {
  /** `onMoved` is told after every press, when the system has caught up with the new time. */
  constructor(onMoved) {
    this.onMoved = onMoved;
    this.moment = Date.now();
    this.next = null;
    this.time = el("time", { class: "clock-now", data: { testid: "clock-now" } });
    this.nextLine = el("span", { class: "clock-next", data: { testid: "clock-next" } });
    this.buttons = el("div", { class: "clock-buttons", role: "group" });
    this.node = el("section", { class: "clock", hidden: true, data: { testid: "clock" } }, el("div", { class: "clock-face" }, this.time, this.nextLine), this.buttons);
    this.retitle();
  }

  now() {
    return this.moment;
  }

  /** Starts to follow the server's clock; stays hidden where there is none. */
  async start() {
    if (!(await this.refresh())) return;
    this.node.hidden = false;
    setInterval(() => document.hidden || this.refresh(), EVERY);
  }

  async refresh() {
    try {
      const state = await api.clock();
      // An answer under way while a button is pressed tells the time before the press.
      if (!this.busy) this.take(state);
      return true;
    } catch {
      return false;
    }
  }

  take({ now, next_deadline: next }) {
    this.moment = Date.parse(now);
    this.next = next ? Date.parse(next) : null;
    this.show();
  }

  show() {
    this.time.textContent = moment(this.moment);
    this.time.dateTime = new Date(this.moment).toISOString();
    this.nextLine.textContent = this.next
      ? t("clock.next", { due: due(this.next), left: left(this.next - this.moment) })
      : t("clock.none");
    const jump = this.buttons.querySelector('[data-testid="clock-next-deadline"]');
    if (jump && !this.busy) jump.disabled = this.next === null;
  }

  retitle() {
    const step = (name, testid, picture, body) =>
      el(
        "button",
        { type: "button", title: t(`clock.${name}.title`), data: { testid }, on: { click: () => this.move(typeof body === "function" ? body() : body) } },
        icon(picture),
        t(`clock.${name}`),
      );
    this.buttons.setAttribute("aria-label", t("clock.move"));
    this.node.setAttribute("aria-label", t("clock"));
    this.picker = this.makePicker();
    this.any = el(
      "button",
      {
        type: "button",
        title: t("clock.any.title"),
        "aria-expanded": "false",
        data: { testid: "clock-any" },
        on: { click: () => this.openPicker(this.picker.hidden) },
      },
      icon("calendar"),
      t("clock.any"),
    );
    this.buttons.replaceChildren(
      step("hour", "clock-hour", "clock", { advance: "1h" }),
      step("deadline", "clock-next-deadline", "forward", { advance: "next_deadline" }),
      step("night", "clock-night", "moon", () => ({ now: fromInput(fridayNight(this.moment)) })),
      step("morning", "clock-morning", "sunrise", { advance: "next_morning" }),
      el("div", { class: "clock-any" }, this.any, this.picker),
    );
    this.show();
  }

  makePicker() {
    this.field = el("input", { type: "datetime-local", required: true, data: { testid: "clock-input" } });
    const form = el(
      "form",
      { class: "clock-picker", hidden: true },
      el("label", {}, el("span", {}, t("clock.pick")), this.field),
      el("button", { type: "submit", class: "primary", textContent: t("clock.set"), data: { testid: "clock-set" } }),
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.openPicker(false);
      this.any.focus();
      this.move({ now: fromInput(this.field.value) });
    });
    form.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      this.openPicker(false);
      this.any.focus();
    });
    return form;
  }

  openPicker(yes) {
    this.picker.hidden = !yes;
    this.any.setAttribute("aria-expanded", String(yes));
    if (!yes) return;
    this.field.value = forInput(this.moment);
    this.field.focus();
  }

  async move(body) {
    if (this.busy) return;
    this.setBusy(true);
    try {
      const state = await api.setClock(body);
      this.take(state);
      announce(t("clock.moved", { now: moment(this.moment) }));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      failed(error);
    } finally {
      this.setBusy(false);
      this.onMoved();
    }
  }

  setBusy(yes) {
    this.busy = yes;
    this.node.setAttribute("aria-busy", String(yes));
    for (const button of this.buttons.querySelectorAll(":scope > button, .clock-any > button")) {
      // aria-disabled and not disabled: the focus stays on the button that was pressed.
      button.setAttribute("aria-disabled", String(yes));
    }
    this.show();
  }
}
