// The desk: the door, the frame around queue and ticket, keys, and looking for news.
import { act, chooseLanguage, get, now, Refused, setTexts, t, why } from "./api.js";
import { announce, button, el } from "./dom.js";
import { forgetDrafts, ownDrafts } from "./drafts.js";
import { more } from "./more.js";
import { loadQueue, makeQueue, markCurrent, search, step } from "./queue.js";
import { refreshTimers } from "./timers.js";
import { closeTicket, loadTicket, makeTicket, openNumber, openTicket, press, readyAnswers, write } from "./ticket.js";
import { ask, isOpen, tell } from "./windows.js";

const EVERY = 4000;
const page = document.getElementById("page");
let me = null, onShift = false, shiftButton = null, offline = null, field = null, outside = false, known = false;

async function start() {
  const link = /^#enter=([\w-]+)$/.exec(location.hash);
  // The link is not to stay in the history of the browser.
  if (link) history.replaceState(null, "", "/desk");
  try {
    if (!link) me = (await get("/me")).data;
  } catch (error) {
    if (!(error instanceof Refused) || error.status !== 401) throw error;
  }
  if (me) await enter();
  else await door(link?.[1]);
  window.addEventListener("hashchange", () => { if (me) safely(follow); });
  setInterval(look, EVERY);
  document.addEventListener("visibilitychange", look);
}

function look() {
  if (document.hidden) return;
  if (me) safely(news);
  else if (outside) comeBack();
}

/** Signed in again in another tab: this one goes on where it was, with what was typed in it. */
async function comeBack() {
  try {
    me = (await get("/me")).data;
    await enter();
  } catch { /* not yet */ }
}

async function door(token) {
  me = null;
  const { data } = await get("/texts");
  speak(data);
  page.dataset.view = "door";
  const alert = el("p", { class: "alert", role: "alert", "data-testid": "door-alert" });
  const go = async () => {
    try {
      await act("/sign-in", { token });
      location.reload();
    } catch (error) {
      alert.textContent = why(error);
    }
  };
  page.replaceChildren(el("main", { class: "door" }, el("span", { class: "logo", "aria-hidden": "true" }, "T"), el("h1", {}, t("title")),
    token
      ? [el("p", { class: "muted" }, t("enter_hint")), button(t("enter"), go, { class: "primary wide", "data-testid": "enter", autofocus: true })]
      : [el("p", {}, t("signed_out")), el("p", { class: "muted" }, t("how_to_enter")), known && el("p", {}, t("draft_kept"))],
    alert));
  if (!isOpen()) page.querySelector("button")?.focus();
  outside = !token;
  page.dataset.ready = "";
}

function speak(data) {
  setTexts(data.texts);
  document.documentElement.lang = data.language;
  say(0);
}

const say = (waiting) => { document.title = `${waiting ? `(${waiting}) ` : ""}${t("title")} – Tapsyrys`; };

async function enter() {
  [outside, known] = [false, true];
  ownDrafts(me.person);
  speak(me);
  onShift = me.on_shift;
  offline = el("p", { class: "offline", hidden: true, role: "status" }, t("offline"));
  const queue = makeQueue((data) => {
    say(data.counts.unanswered);
    if (data.on_shift !== onShift) drawShift(data.on_shift);
  }, safely);
  page.replaceChildren(top(), offline, el("main", { class: "main" }, queue, makeTicket(() => safely(() => loadQueue(true)))));
  await follow();
  page.dataset.ready = "";
}

function top() {
  field = el("input", { type: "search", placeholder: t("search"), "aria-label": t("search"), "data-testid": "search", maxlength: 200 });
  let waiting = 0;
  field.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => safely(() => search(field.value)), 250);
  });
  shiftButton = button("", toggleShift, { class: "shift", "data-testid": "shift" });
  drawShift(onShift);
  const languages = el("div", { class: "languages", role: "group", "aria-label": t("language") }, ["kk", "ru", "en"].map((code) =>
    button(code.toUpperCase(), () => { chooseLanguage(code); location.reload(); }, { "aria-pressed": String(me.language === code), lang: code, "data-testid": `language-${code}` })));
  return el("header", { class: "top" },
    el("span", { class: "brand" }, el("span", { class: "logo", "aria-hidden": "true" }, "T"), el("span", { class: "brand-text" }, el("b", {}, t("title")), el("small", {}, me.name))),
    el("div", { class: "search", role: "search" }, field),
    el("div", { class: "tools" }, shiftButton, button(t("register_call"), registerCall, { "data-testid": "register-call" }),
      button(t("more"), showMore, { "data-testid": "more" })),
    el("div", { class: "tools self" },
      button("?", help, { "aria-label": t("help"), title: t("help"), class: "round", "data-testid": "help" }), languages,
      button(t("sign_out"), signOut, { class: "quiet", "data-testid": "sign-out" })));
}

function drawShift(on) {
  onShift = on;
  shiftButton.textContent = t(on ? "end_shift" : "begin_shift");
  shiftButton.title = t(on ? "on_shift" : "off_shift");
  shiftButton.setAttribute("aria-pressed", String(on));
}

const toggleShift = () => safely(async () => {
  const answered = await act("/shift", { on: !onShift });
  drawShift(answered.on_shift);
  announce(answered.on_shift ? t("on_shift") : t("shift_ended", { n: answered.in_hand }));
});

const signOut = () => safely(async () => {
  await act("/sign-out");
  forgetDrafts();
  location.assign("/desk");
});

function registerCall() {
  // Astana is five hours ahead of UTC all year.
  const at = new Date(now() + 5 * 3600_000).toISOString().slice(0, 16);
  ask({
    title: t("register_call"), label: t("register"), draft: "call",
    fields: [
      { name: "name", label: t("caller"), required: true, autofocus: true },
      { name: "phone", label: t("phone"), kind: "tel", required: true },
      { name: "at", label: t("called_at"), kind: "datetime-local", value: at, required: true },
      { name: "text", label: t("call_text"), kind: "textarea", required: true },
      { name: "language", label: t("caller_language"), kind: "select", options: ["kk", "ru"].map((code) => [code, t(`language.${code}`)]), value: me.language === "kk" ? "kk" : "ru" },
      { name: "order", label: t("order_number"), kind: "number", inputmode: "numeric" },
      { name: "recording", label: t("recording"), kind: "file" }],
    submit: async ({ recording, order, ...values }, key) => {
      const view = await act("/calls", { ...values, order: order ? Number(order) : null }, recording, key);
      announce(t("saved"));
      location.hash = `#${view.number}`;
    },
  });
}

const showMore = () => more(me.lead, help);

function help() {
  const keys = [["j / k", "key_next"], ["Enter", "key_open"], ["a", "key_answer"], ["n", "key_note"], ["d", "key_documents"], ["r", "key_canned"],
    ["t", "key_take"], ["s", "key_assign"], ["p", "key_priority"], ["b", "key_called"], ["c", "key_close"], ["g", "key_merge"],
    ["x", "key_dispute"], ["i", "key_incident"], ["u", "key_mute"], ["l", "key_call"], ["m", "key_more"],
    ["/", "key_search"], ["Ctrl+Enter", "key_send"], ["?", "key_help"], ["Esc", "key_escape"]];
  tell(t("help"), el("dl", { class: "keys" }, keys.map(([key, name]) => el("div", {}, el("dt", {}, el("kbd", {}, key)), el("dd", {}, t(name))))));
}

async function follow() {
  const number = Number(/^#(\d{1,18})$/.exec(location.hash)?.[1] || 0);
  page.dataset.view = number ? "ticket" : "queue";
  markCurrent(number);
  try {
    if (number) await openTicket(number);
    else closeTicket();
  } catch (error) {
    if (!(error instanceof Refused) || error.status !== 404) throw error;
    announce(error.message, true);
    location.hash = "";
  }
  // A ticket that was left may have words that are not sent.
  await loadQueue(true);
}

async function news() {
  if (openNumber()) await loadTicket(openNumber());
  await loadQueue();
  refreshTimers();
}

async function safely(work) {
  try {
    await work();
    if (offline) offline.hidden = true;
  } catch (error) {
    if (error instanceof Refused && error.status === 401) await door();
    else if (offline && (error instanceof TypeError || error.status >= 500)) offline.hidden = false;
    else if (error instanceof Refused) announce(error.message, true);
    else throw error;
  }
}

const typing = () => document.activeElement?.matches?.("input, textarea, select") ?? false;

function escape() {
  if (document.activeElement === field && field.value) {
    field.value = "";
    safely(() => search(""));
  } else if (typing()) document.activeElement.blur();
  else location.hash = "";
}

// By their place on the keyboard: an operator may be typing in Kazakh or Russian.
const KEYS = {
  KeyJ: () => step(1), KeyK: () => step(-1), KeyA: () => write("answer"), KeyN: () => write("note"), KeyD: () => write("documents"),
  KeyR: () => readyAnswers(), KeyT: () => press("take", "release"), KeyS: () => press("assign"), KeyP: () => press("priority"), KeyB: () => press("called"),
  KeyC: () => press("close", "reopen"), KeyG: () => press("merge"), KeyX: () => press("dispute", "settle"), KeyI: () => press("incident_make"),
  KeyU: () => press("mute", "unmute"), KeyL: registerCall, KeyM: showMore,
};

document.addEventListener("keydown", (event) => {
  if (!me || isOpen() || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape") return escape();
  if (typing()) return;
  if (event.key === "?" || (event.code === "Slash" && event.shiftKey)) help();
  else if (event.key === "/" || event.code === "Slash") field.focus();
  else if (KEYS[event.code] && !event.shiftKey) KEYS[event.code]();
  else return;
  event.preventDefault();
});

start().catch((error) => {
  // Not even the texts came: the browser's own words must do, and a reload tries again.
  page.replaceChildren(el("main", { class: "door" }, el("p", { role: "alert" }, String(error.message || error)),
    button("↻", () => location.reload(), { class: "primary", "aria-label": "Reload" })));
});
