// A letter or short message as its reader sees it.

import { el } from "./dom.js";
import { t } from "./i18n.js";
import { dialog } from "./popup.js";
import { moment } from "./time.js";

/** Shows a letter; `come(person, payload)` goes back into the chat by its link. */
export function openLetter(letter, come) {
  return dialog(t(letter.channel === "sms" ? "letter.sms" : "letter"), (close) => build(letter, come, close), "letter");
}

function build(letter, come, close) {
  const fact = (label, value) => el("div", {}, el("dt", {}, t(label)), el("dd", { dir: "auto" }, value));
  const head = el(
    "dl",
    { class: "letter-head" },
    fact("letter.to", letter.to),
    letter.subject ? fact("letter.subject", letter.subject) : null,
    fact("letter.at", moment(Date.parse(letter.at))),
  );
  const text = el("pre", { class: "letter-text", dir: "auto", tabIndex: 0, data: { testid: "letter-text" } }, letter.text);
  const parts = [head];
  if (letter.html) {
    const frame = el("iframe", { class: "letter-html", title: t("letter.html"), src: `/demo/mail/${letter.number}/html`, data: { testid: "letter-html" } });
    text.hidden = true;
    const views = el("div", { class: "hub-row", role: "group" });
    const choose = (html) => {
      frame.hidden = !html;
      text.hidden = html;
      for (const button of views.children) button.setAttribute("aria-pressed", String((button.dataset.testid === "letter-as-html") === html));
    };
    const view = (html, label, testid) =>
      el("button", { type: "button", class: "hub-switch", "aria-pressed": String(html), textContent: label, data: { testid }, on: { click: () => choose(html) } });
    views.append(view(true, t("letter.html"), "letter-as-html"), view(false, t("letter.text"), "letter-as-text"));
    parts.push(views, frame);
  }
  parts.push(text);
  if (letter.payload && letter.person) {
    const back = el("button", {
      type: "button",
      class: "primary",
      textContent: t("letter.back"),
      data: { testid: "letter-back" },
      on: {
        click: () => {
          close();
          come(letter.person, letter.payload);
        },
      },
    });
    parts.push(el("div", { class: "dialog-actions" }, back));
  }
  return parts;
}
