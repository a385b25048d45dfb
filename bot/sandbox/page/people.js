// Who is in the demo: names, avatars, the chooser of chats, making a new person.

import { ApiError, api } from "./api.js";
import { el } from "./dom.js";
import { LANGUAGES, t } from "./i18n.js";
import { summary } from "./message.js";
import { dialog, failed } from "./popup.js";

const HUES = 8;

/** "First Last" of a person. */
export const fullName = (person) => [person.first_name, person.last_name].filter(Boolean).join(" ");

/** A round mark with initials; its colour follows the person. */
export function avatar(person) {
  const initials = [person.first_name, person.last_name].filter(Boolean).map((name) => [...name][0]).join("");
  return el("span", { class: `avatar hue-${Math.abs(person.id) % HUES}`, "aria-hidden": "true" }, initials);
}

/** The round mark of a group. */
export const groupMark = () => el("span", { class: "avatar hue-0", "aria-hidden": "true" }, "#");

/** The mark of a chat in a row of chats. */
export const face = (person, info) => (info.type === "private" ? avatar(person) : groupMark());

/** Lets the viewer pick one person; resolves with the person or null. */
export function pickPerson(title, people, roleOf, extra = {}) {
  return dialog(
    title,
    (close) => {
      const rows = el("ul", { class: "people" });
      const filter = el("input", {
        type: "search",
        placeholder: t("people.find"),
        "aria-label": t("people.find"),
        data: { testid: "people-filter", first: "" },
        on: { input: () => draw() },
      });
      const draw = () => {
        const wanted = filter.value.trim().toLowerCase();
        const fit = people.filter((person) => words(person, roleOf).includes(wanted));
        rows.replaceChildren(...fit.map((person) => personRow(person, roleOf, extra.chats, close)));
        if (!fit.length) rows.append(el("li", { class: "muted" }, t("people.none")));
      };
      draw();
      const groups = (extra.groups ?? []).map((chat) => groupRow(chat, close));
      const add = el("button", {
        type: "button",
        class: "primary wide",
        textContent: t("people.new"),
        data: { testid: "person-new" },
        on: { click: () => close({ isNew: true }) },
      });
      return [filter, rows, groups.length ? el("ul", { class: "people" }, groups) : null, extra.canAdd ? add : null];
    },
    "people-dialog",
  );
}

function words(person, roleOf) {
  const { role, company, note } = roleOf(person);
  return [fullName(person), person.username, person.phone, company, note, role && t(`role.${role}`)].join(" ").toLowerCase();
}

function personRow(person, roleOf, chats, close) {
  const { role, company, note } = roleOf(person);
  const chat = chats?.get(person.id);
  const sub = [role && t(`role.${role}`), company].filter(Boolean).join(" · ");
  return el(
    "li",
    {},
    el(
      "button",
      { type: "button", data: { testid: `pick-${person.id}` }, on: { click: () => close(person) } },
      avatar(person),
      el(
        "span",
        { class: "person-text" },
        el("b", {}, el("bdi", {}, fullName(person)), el("span", { class: "code" }, person.language_code ?? "")),
        sub ? el("span", {}, sub) : null,
        el("small", { dir: "auto" }, note ?? (chat?.last ? summary(chat.last) : person.phone ?? "")),
      ),
      chat?.unread ? el("span", { class: "badge" }, String(chat.unread)) : null,
    ),
  );
}

function groupRow(chat, close) {
  return el(
    "li",
    {},
    el(
      "button",
      { type: "button", data: { testid: `pick-group-${chat.id}` }, on: { click: () => close({ group: chat }) } },
      groupMark(),
      el("span", { class: "person-text" }, el("b", {}, chat.title), el("small", { dir: "auto" }, summary(chat.last))),
    ),
  );
}

/** A form for a person who has never met the bot; resolves with the new person or null. */
export function newPerson() {
  return dialog(
    t("people.new"),
    (close) => {
      const field = (name, props) =>
        el("label", {}, el("span", {}, t(`person.${name}`)), el("input", { name, autocomplete: "off", data: { testid: `person-${name}` }, ...props }));
      const code = el("select", { name: "language_code", data: { testid: "person-language" } }, LANGUAGES.map((lang) => el("option", { value: lang }, t("language.name", {}, lang))));
      const form = el(
        "form",
        { class: "form" },
        field("first_name", { required: true, maxLength: 64 }),
        field("last_name", { maxLength: 64 }),
        el("label", {}, el("span", {}, t("person.language_code")), code),
        field("phone", { required: true, value: "+7701", type: "tel", pattern: "\\+[0-9]{10,15}" }),
        el("div", { class: "dialog-actions" }, el("button", { type: "submit", class: "primary", textContent: t("people.add"), data: { testid: "person-add" } })),
      );
      form.addEventListener("submit", async (event) => {
        event.preventDefault();
        try {
          close(await api.addPerson(Object.fromEntries(new FormData(form))));
        } catch (error) {
          if (!(error instanceof ApiError)) throw error;
          failed(error, form);
        }
      });
      return form;
    },
    "person-dialog",
  );
}
