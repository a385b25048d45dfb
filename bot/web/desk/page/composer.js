// Where an operator writes: an answer, an internal note, or a request for documents.
import { act, get, Refused, t } from "./api.js";
import { announce, button, el, uid } from "./dom.js";
import { tell } from "./windows.js";

const MODES = ["answer", "note", "documents"];
const MOST = 20 * 1024 * 1024;
const DRAFT = "desk-draft-";

/** What was typed and not sent in this tab, with what it was meant for: a note stays a note. */
function draftOf(number) {
  try {
    const found = JSON.parse(sessionStorage.getItem(DRAFT + number));
    return MODES.includes(found?.mode) ? found : null;
  } catch {
    return null;
  }
}

/** Nothing typed outlives the session. */
export const forgetDrafts = () => sessionStorage.clear();

/** The composer of a ticket; `done(view)` is given what the server answered. */
export function makeComposer(number, language, done) {
  const draft = draftOf(number);
  let mode = draft?.mode || "answer", canned = null, files = [], key = uid();
  const hint = el("p", { class: "muted hint", id: "composer-hint" });
  const alert = el("p", { class: "alert", role: "alert", "data-testid": "composer-alert" });
  const area = el("textarea", { rows: 3, "aria-label": t("your_text"), "aria-describedby": "composer-hint", "data-testid": "composer" });
  const picker = el("input", { type: "file", multiple: true, hidden: true, "data-testid": "attach-input", onchange: () => attach() });
  const names = el("p", { class: "attached" });
  const tabs = el("div", { class: "modes", role: "group", "aria-label": t("actions") });
  const send = button("", () => submit(), { class: "primary", "data-testid": "send" });
  const box = el("div", { class: "composer", "data-testid": "composer-box" }, tabs, area, picker, names, alert,
    el("div", { class: "composer-foot" },
      button(t("attach"), () => picker.click(), { class: "quiet", "data-testid": "attach" }),
      button(t("canned"), () => chooseCanned(), { class: "quiet", "data-testid": "canned" }), hint, send));

  function draw() {
    box.dataset.mode = mode;
    tabs.replaceChildren(...MODES.map((name) => button(t(name), () => { choose(name); }, { "aria-pressed": String(mode === name), "data-testid": `mode-${name}` })));
    hint.textContent = t(`${mode}_hint`);
    send.textContent = mode === "note" ? t("note") : t("send");
    picker.disabled = mode === "documents";
    box.querySelector('[data-testid="attach"]').hidden = mode === "documents";
    box.querySelector('[data-testid="canned"]').hidden = mode === "note";
  }

  function choose(name) {
    mode = name;
    draw();
    keep();
    area.focus();
  }

  function keep() {
    if (area.value) sessionStorage.setItem(DRAFT + number, JSON.stringify({ mode, text: area.value }));
    else sessionStorage.removeItem(DRAFT + number);
  }

  function attach() {
    const found = [...picker.files];
    picker.value = "";
    if (found.some((file) => file.size > MOST)) {
      alert.textContent = t("too_big");
      return;
    }
    files = [...files, ...found].slice(0, 10);
    drawFiles();
  }

  function drawFiles() {
    names.replaceChildren(...files.map((file, at) => el("span", { class: "chip" }, file.name,
      button("×", () => { files.splice(at, 1); drawFiles(); }, { "aria-label": `${t("cancel")}: ${file.name}` }))));
  }

  async function chooseCanned() {
    const { data } = await get("/canned");
    if (!data.canned.length) {
      tell(t("canned"), el("p", {}, t("no_canned")));
      return;
    }
    const window = tell(t("canned"), el("ul", { class: "choices" }, data.canned.map((each) => el("li", {},
      button(el("span", {}, el("b", {}, each.title), el("small", {}, language === "kk" ? each.kk : each.ru)), () => {
        area.value = language === "kk" ? each.kk : each.ru;
        canned = each.id;
        keep();
        window.close();
        area.focus();
      }, { "data-testid": "canned-choice" })))));
  }

  async function submit() {
    if (send.disabled) return;
    send.disabled = true;
    alert.textContent = "";
    const sent = area.value;
    try {
      const view = await act(`/tickets/${number}/${mode}`, { text: sent, canned }, mode === "documents" ? [] : files, key);
      if (area.value === sent) area.value = "";
      keep();
      files = [];
      canned = null;
      drawFiles();
      announce(t("saved"));
      done(view);
    } catch (error) {
      alert.textContent = error instanceof Refused ? error.message : t("failed");
    }
    // What was refused left no trace: the next try is an act of its own.
    key = uid();
    send.disabled = false;
  }

  area.value = draft?.text || "";
  area.addEventListener("input", keep);
  area.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      submit();
    }
  });
  draw();
  return { box, choose };
}
