// Where an operator writes: an answer, an internal note, or a request for documents.
import { act, get, once, Refused, t, why } from "./api.js";
import { announce, button, el } from "./dom.js";
import { draft, keepDraft } from "./drafts.js";
import { tell, tooBig } from "./windows.js";

const MODES = ["answer", "note", "documents"];
const MOST = 10;
// Files chosen and not sent, by ticket: they wait while another ticket is looked at.
const chosen = new Map();

/** Whether something typed in a ticket waits to be sent. */
export const hasDraft = (number) => Boolean(draft(number)?.text);

/** The composer of a ticket; `done(view)` is given what the server answered, `stale()` reads anew. */
export function makeComposer(number, language, done, stale) {
  const typed = draft(number);
  let mode = MODES.includes(typed?.mode) ? typed.mode : "answer", canned = null, seen = null, closed = false;
  const files = chosen.get(number) || [];
  const keyOf = once();
  const hint = el("p", { class: "muted hint", id: "composer-hint" });
  const alert = el("p", { class: "alert", role: "alert", "data-testid": "composer-alert" });
  const area = el("textarea", { rows: 3, "aria-label": t("your_text"), "aria-describedby": "composer-hint", "data-testid": "composer" });
  const picker = el("input", { type: "file", multiple: true, hidden: true, "data-testid": "attach-input", onchange: () => { attach([...picker.files]); picker.value = ""; } });
  const names = el("p", { class: "attached" });
  const tabs = el("div", { class: "modes", role: "group", "aria-label": t("actions") });
  const send = button("", () => submit(), { class: "primary", "data-testid": "send" });
  const clip = button(t("attach"), () => picker.click(), { class: "quiet", "data-testid": "attach" });
  const ready = button(t("canned"), () => chooseCanned(), { class: "quiet", "data-testid": "canned" });
  const box = el("div", { class: "composer", "data-testid": "composer-box" }, tabs, area, picker, names, alert,
    el("div", { class: "composer-foot" }, clip, ready, hint, send));

  function draw() {
    box.dataset.mode = mode;
    tabs.replaceChildren(...MODES.map((name) => button(t(name), () => choose(name), { "aria-pressed": String(mode === name), "data-testid": `mode-${name}` })));
    hint.textContent = t(`${mode}_hint`);
    send.textContent = mode === "note" ? t("note") : t("send");
    clip.hidden = mode === "documents";
    ready.hidden = mode === "note";
    // What is attached is not sent with a request for documents: nor is it to look so.
    names.hidden = mode === "documents";
  }

  function choose(name) {
    mode = name;
    draw();
    keep();
    area.focus();
  }

  const keep = () => keepDraft(number, area.value ? { mode, text: area.value } : null);

  function attach(found) {
    alert.textContent = tooBig([...files, ...found]);
    if (alert.textContent) return;
    files.push(...found.slice(0, MOST - files.length));
    drawFiles();
  }

  function drawFiles() {
    if (files.length) chosen.set(number, files);
    else chosen.delete(number);
    names.replaceChildren(...files.map((file, at) => el("span", { class: "chip" }, file.name,
      button("×", () => { files.splice(at, 1); drawFiles(); }, { "aria-label": `${t("remove")}: ${file.name}` }))));
  }

  function insert(each, code) {
    // What was typed stays: a ready answer comes where the cursor is.
    if (area.value.trim()) area.setRangeText(each[code], area.selectionStart, area.selectionEnd, "end");
    else area.value = each[code];
    canned = each.id;
    keep();
    area.focus();
  }

  async function chooseCanned() {
    let data;
    try {
      ({ data } = await get("/canned"));
    } catch (error) {
      alert.textContent = why(error);
      return;
    }
    let code = language === "kk" ? "kk" : "ru";
    const body = el("div", { class: "stack" });
    const window = tell(t("canned"), body);
    const show = () => body.replaceChildren(data.canned.length ? el("div", { class: "modes", role: "group", "aria-label": t("canned_language") },
      ["kk", "ru"].map((each) => button(t(`canned_${each}`), () => { code = each; show(); body.querySelector(`[lang="${each}"]`).focus(); },
        { lang: each, "aria-pressed": String(each === code), "data-testid": `canned-${each}` }))) : el("p", {}, t("no_canned")),
    el("ul", { class: "choices" }, data.canned.map((each) => el("li", {},
      button(el("span", {}, el("b", {}, each.title), el("small", { lang: code }, each[code])),
        () => { window.close(); insert(each, code); }, { "data-testid": "canned-choice" })))));
    show();
  }

  async function submit() {
    if (send.disabled || closed) return;
    send.disabled = true;
    alert.textContent = "";
    const sent = area.value, attached = mode === "documents" ? [] : [...files];
    try {
      const values = { text: sent, canned, seen };
      const view = await act(`/tickets/${number}/${mode}`, values, attached, keyOf([mode, sent], attached));
      keyOf.used();
      if (area.value === sent) area.value = "";
      keep();
      files.splice(0, attached.length);
      canned = null;
      drawFiles();
      announce(t("saved"));
      done(view);
    } catch (error) {
      if (error instanceof Refused) keyOf.used();
      alert.textContent = why(error);
      if (error.status === 409 || error.status === 404) await stale();
    }
    send.disabled = closed;
  }

  /** How the ticket stands now: what has been read of it, and whether it takes answers. */
  function update(view) {
    seen = view.seen;
    const wasClosed = closed;
    closed = view.state === "closed" || view.state === "merged";
    // What is being typed does not vanish with the ticket.
    box.hidden = closed && !area.value;
    if (closed !== wasClosed) {
      send.disabled = closed;
      alert.textContent = closed ? t("closed_meanwhile") : "";
    }
  }

  area.value = typed?.text || "";
  area.addEventListener("input", keep);
  area.addEventListener("paste", (event) => {
    const pasted = [...event.clipboardData.files];
    // A picture of the screen; words are pasted as ever.
    if (!pasted.length || mode === "documents") return;
    event.preventDefault();
    attach(pasted);
  });
  area.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      submit();
    }
  });
  draw();
  drawFiles();
  return { box, choose, update, chooseCanned, isTyping: () => Boolean(area.value) };
}
