// Small windows with a form: what is asked, what the server refused, the keyboard's way out.
import { once, Refused, t, why } from "./api.js";
import { button, el } from "./dom.js";
import { draft as kept, keepDraft } from "./drafts.js";

const MOST = 20 * 1024 * 1024;
let made = 0;

/** Why these files cannot be sent, in words; nothing when they can. */
export function tooBig(files) {
  const all = files.reduce((sum, file) => sum + file.size, 0);
  return files.some((file) => file.size > MOST) ? t("too_big") : all > 3 * MOST ? t("too_big_all") : "";
}

function field(given) {
  const id = `field-${given.name}`;
  const props = { id, name: given.name, "data-testid": id, required: given.required, autofocus: given.autofocus, maxlength: given.most };
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

/** Words typed in a form are kept under a name until they are sent. */
function keepWords(form, fields, name) {
  const words = fields.filter((given) => given.kind === "textarea" || !given.kind);
  const typed = kept(name) || {};
  for (const given of words) if (typed[given.name]) form.elements[given.name].value = typed[given.name];
  form.addEventListener("input", () => {
    const now = Object.fromEntries(words.map((given) => [given.name, form.elements[given.name].value]));
    keepDraft(name, Object.values(now).some(Boolean) ? now : null);
  });
}

/**
 * A window with a form; `submit(values, key)` may throw a refusal, which is shown and lets try again.
 * The key stays the same while the same is sent again after a lost answer. `draft`: a name under
 * which typed words are kept.
 */
export function ask({ title, hint, fields, label, submit, draft, danger, refused }) {
  const alert = el("p", { class: "alert", role: "alert", "data-testid": "window-alert" });
  const send = el("button", { type: "submit", class: danger ? "primary danger" : "primary", "data-testid": "window-send", autofocus: !fields.length }, label);
  const form = el("form", { class: "window-form" }, heading(title),
    hint && el("p", { class: "muted" }, hint),
    fields.map(field), alert,
    el("p", { class: "window-buttons" }, button(t("cancel"), () => dialog.close(), { class: "quiet" }), send));
  const dialog = frame(form);
  const keyOf = once();
  if (draft) keepWords(form, fields, draft);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (send.disabled) return;
    const given = values(form, fields);
    const files = Object.values(given).filter(Array.isArray).flat();
    alert.textContent = tooBig(files);
    if (alert.textContent) return;
    send.disabled = true;
    try {
      await submit(given, keyOf([given], files));
      if (draft) keepDraft(draft, null);
      dialog.close();
    } catch (error) {
      if (error instanceof Refused) keyOf.used();
      alert.textContent = why(error);
      refused?.();
    }
    send.disabled = false;
  });
  return open(dialog);
}

/** A window that only shows something. */
export function tell(title, ...content) {
  const dialog = frame(heading(title), content,
    el("p", { class: "window-buttons" }, button(t("close_window"), () => dialog.close(), { class: "quiet", autofocus: true, "data-testid": "window-close" })));
  return open(dialog);
}

const heading = (title) => el("h2", { id: `window-title-${made += 1}` }, title);

function frame(...content) {
  const dialog = el("dialog", { class: "window", "data-testid": "window" }, content);
  dialog.setAttribute("aria-labelledby", dialog.querySelector("h2").id);
  return dialog;
}

function open(dialog) {
  const before = document.activeElement;
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (!before?.isConnected) return;
    before.focus();
  });
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

export const isOpen = () => document.querySelector("dialog[open]") !== null;
