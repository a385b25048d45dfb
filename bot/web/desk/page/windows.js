// Small windows with a form: what is asked, what the server refused, the keyboard's way out.
import { Refused, t } from "./api.js";
import { button, el } from "./dom.js";

function field(given) {
  const id = `field-${given.name}`;
  const props = { id, name: given.name, "data-testid": id, required: given.required, autofocus: given.autofocus };
  let input;
  if (given.kind === "select") {
    input = el("select", props, given.options.map(([value, label]) => el("option", { value }, label)));
  } else if (given.kind === "textarea") {
    input = el("textarea", { ...props, rows: 4 });
  } else {
    input = el("input", { ...props, type: given.kind || "text", inputmode: given.inputmode, autocomplete: "off" });
  }
  if (given.value !== undefined) input.value = given.value;
  return el("p", { class: "field" }, el("label", { for: id }, given.label), input);
}

function values(form, fields) {
  const found = {};
  for (const given of fields) {
    const input = form.elements[given.name];
    found[given.name] = given.kind === "file" ? [...input.files] : input.value;
  }
  return found;
}

/** A window with a form; `submit(values)` may throw a refusal, which is shown and lets try again. */
export function ask({ title, hint, fields, label, submit }) {
  const alert = el("p", { class: "alert", role: "alert", "data-testid": "window-alert" });
  const send = el("button", { type: "submit", class: "primary", "data-testid": "window-send" }, label);
  const form = el("form", { class: "window-form" },
    el("h2", { id: "window-title" }, title),
    hint && el("p", { class: "muted" }, hint),
    fields.map(field), alert,
    el("p", { class: "window-buttons" }, button(t("cancel"), () => dialog.close(), { class: "quiet" }), send));
  const dialog = el("dialog", { class: "window", "aria-labelledby": "window-title", "data-testid": "window" }, form);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    send.disabled = true;
    alert.textContent = "";
    try {
      await submit(values(form, fields));
      dialog.close();
    } catch (error) {
      alert.textContent = error instanceof Refused ? error.message : t("failed");
    }
    send.disabled = false;
  });
  return open(dialog);
}

/** A window that only shows something. */
export function tell(title, ...content) {
  const dialog = el("dialog", { class: "window", "aria-labelledby": "window-title", "data-testid": "window" },
    el("h2", { id: "window-title" }, title), content,
    el("p", { class: "window-buttons" }, button(t("close_window"), () => dialog.close(), { class: "quiet", autofocus: true })));
  return open(dialog);
}

function open(dialog) {
  const before = document.activeElement;
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (before?.isConnected) before.focus();
  });
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

export const isOpen = () => document.querySelector("dialog[open]") !== null;
