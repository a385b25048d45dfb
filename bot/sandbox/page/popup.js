// What appears above the page: menus, dialogs, toasts, and the line read to screen readers.

import { el, iconButton } from "./dom.js";
import { t } from "./i18n.js";

const TOAST_SHOWN = 4500;
let openMenuClose = null;

/** Says a line to screen readers without moving the focus. */
export function announce(text) {
  document.getElementById("announcer").textContent = text;
}

/** A short message that goes by itself, over `host` (a chat) or the page. */
export function toast(text, host = document.body, kind = "info") {
  host.querySelector(":scope > .toast")?.remove();
  const node = el("div", { class: `toast ${kind}`, role: "status", data: { testid: "toast" } }, text);
  host.append(node);
  setTimeout(() => node.remove(), TOAST_SHOWN);
}

/** Shows why a call failed. */
export function failed(error, host) {
  const text = error.status === 0 ? t("error.offline") : t("error.refused", { reason: error.message });
  toast(text, host, "error");
}

/** A menu at `anchor`: `items` are `{label, run, testid, danger?}`; keys as in any menu. */
export function menu(anchor, items) {
  openMenuClose?.();
  const list = el("div", { class: "menu", role: "menu", data: { testid: "menu" } });
  const close = (refocus = true) => {
    openMenuClose = null;
    list.remove();
    document.removeEventListener("pointerdown", outside, true);
    if (refocus) anchor.focus();
  };
  const outside = (event) => {
    if (!list.contains(event.target)) close(false);
  };
  for (const item of items) {
    list.append(
      el("button", {
        type: "button",
        role: "menuitem",
        tabIndex: -1,
        class: item.danger ? "danger" : "",
        textContent: item.label,
        data: { testid: item.testid },
        on: {
          click: () => {
            close();
            item.run();
          },
        },
      }),
    );
  }
  list.addEventListener("keydown", (event) => {
    if (event.key === "Escape" || event.key === "Tab") {
      event.preventDefault();
      event.stopPropagation();
      close();
      return;
    }
    moveFocus(event, [...list.children], ["ArrowUp", "ArrowDown"]);
  });
  document.body.append(list);
  putAt(list, anchor);
  document.addEventListener("pointerdown", outside, true);
  openMenuClose = close;
  list.firstChild?.focus();
}

function putAt(node, anchor) {
  const at = anchor.getBoundingClientRect();
  const size = node.getBoundingClientRect();
  const leftMost = Math.max(8, Math.min(at.left, innerWidth - size.width - 8));
  const below = at.bottom + size.height + 8 < innerHeight;
  node.style.left = `${leftMost}px`;
  node.style.top = `${below ? at.bottom + 4 : Math.max(8, at.top - size.height - 4)}px`;
}

/** Moves the focus among `items` on the two arrow keys given, and on Home and End. */
export function moveFocus(event, items, [back, forth]) {
  const at = items.indexOf(document.activeElement);
  const steps = { [back]: at - 1, [forth]: at + 1, Home: 0, End: items.length - 1 };
  if (!(event.key in steps) || !items.length) return null;
  event.preventDefault();
  const next = items[(steps[event.key] + items.length) % items.length];
  next.focus();
  return next;
}

/** A modal dialog with `body`; resolves with the value given to `close` or null. */
export function dialog(title, build, testid = "dialog") {
  return new Promise((resolve) => {
    const back = document.activeElement;
    let value = null;
    const node = el("dialog", { class: "dialog", "aria-label": title, data: { testid } });
    const close = (answer = null) => {
      value = answer;
      node.close();
    };
    node.append(
      el(
        "header",
        {},
        el("h2", {}, title),
        iconButton("close", t("close"), "dialog-close", () => close()),
      ),
      el("div", { class: "dialog-body" }, build(close)),
    );
    node.addEventListener("close", () => {
      node.remove();
      if (back?.isConnected) back.focus();
      resolve(value);
    });
    node.addEventListener("click", (event) => {
      if (event.target === node) close();
    });
    document.body.append(node);
    node.showModal();
    node.querySelector("[data-first]")?.focus();
  });
}

/** A callback answer of Telegram's with show_alert: stays until it is closed. */
export function alertDialog(title, text) {
  return dialog(
    title,
    (close) => [
      el("p", { class: "alert-text", data: { testid: "alert-text" } }, text),
      el("div", { class: "dialog-actions" }, el("button", {
        type: "button",
        class: "primary",
        textContent: t("ok"),
        data: { testid: "alert-ok", first: "" },
        on: { click: () => close() },
      })),
    ],
    "alert",
  );
}

/** A photo as large as the window allows. */
export function lightbox(url, name) {
  return dialog(
    t("photo"),
    (close) =>
      el("button", {
        type: "button",
        class: "lightbox",
        "aria-label": t("close"),
        data: { first: "" },
        on: { click: () => close() },
      }, el("img", { src: url, alt: name })),
    "lightbox",
  );
}
