// One ticket: who asks and by when, what was said, what can be done.
import { act, codes, get, t, why } from "./api.js";
import { makeComposer } from "./composer.js";
import { makeConversation } from "./conversation.js";
import { announce, button, el, said } from "./dom.js";
import { incident, makeIncident } from "./incidents.js";
import { timer } from "./timers.js";
import { ask } from "./windows.js";

let open = null, wanted = 0;
let changed = () => {};
const box = el("section", { class: "ticket", "data-testid": "ticket" });

export function makeTicket(whenChanged) {
  changed = whenChanged;
  closeTicket();
  return box;
}

/** The ticket that is open, or is to be once the connection is back. */
export const openNumber = () => wanted;

/** Nothing is open. */
export function closeTicket() {
  [open, wanted] = [null, 0];
  box.removeAttribute("aria-label");
  box.replaceChildren(el("p", { class: "choose" }, t("choose")));
}

/** Opens a ticket. */
export function openTicket(number) {
  wanted = number;
  return loadTicket(number);
}

/** Brings the open ticket up to date. */
export async function loadTicket(number) {
  const { data, fresh } = await get(`/tickets/${number}`);
  // Another was opened meanwhile.
  if (number !== wanted) return;
  if (open?.number !== number) begin(data);
  else if (fresh) update(data);
}

function begin(view) {
  const head = el("header", { class: "ticket-head" });
  const talk = makeConversation(reword);
  const composer = makeComposer(view.number, view.language, after, () => loadTicket(view.number).catch(() => {}));
  open = { number: view.number, view: null, head, talk, composer };
  box.setAttribute("aria-label", t("ticket", { number: view.number }));
  box.replaceChildren(head, talk.box, composer.box);
  update(view);
  talk.box.scrollTop = talk.box.scrollHeight;
}

function update(view) {
  const spelled = JSON.stringify({ ...view, messages: 0, seen: 0 });
  if (open.spelled !== spelled) {
    open.spelled = spelled;
    const focused = open.head.contains(document.activeElement) ? document.activeElement.dataset.testid : "";
    open.head.replaceChildren(...heading(view));
    if (focused) open.head.querySelector(`[data-testid="${focused}"]`)?.focus();
  }
  // Whoever is typing does not look up at what comes.
  if (open.view && open.composer.isTyping() && view.messages.some(({ position, own }) => position > open.view.seen && !own)) announce(t("news"));
  open.view = view;
  open.talk.show(view.messages);
  open.composer.update(view);
}

function after(view) {
  if (open?.number === view.number) update(view);
  else location.hash = `#${view.number}`;
  changed();
}

function heading(view) {
  return [
    el("div", { class: "ticket-title" },
      button("←", () => { location.hash = ""; }, { class: "back", "aria-label": t("back"), "data-testid": "back" }),
      el("h1", {}, el("span", { class: "number" }, `№ ${view.number}`), " ", el("bdi", {}, view.subject)),
      timer(view)),
    facts(view),
    el("div", { class: "actions", role: "group", "aria-label": t("actions") }, actions(view)),
  ];
}

function facts(view) {
  const rows = [
    ["who", [view.name, view.role].filter(Boolean).join(", ")],
    ["company", view.company],
    ["address", view.address],
    ["promised", view.unanswered && [view.promised_text, view.clause].filter(Boolean).join(" · ")],
    ["came", `${view.channel_text}, ${view.opened_text}`],
    ["ticket_language", view.language_text],
    ["operator", view.assignee || t("nobody")],
    ["order", view.order && `№ ${view.order}`],
    ["incident", view.incident && button(`№ ${view.incident} · ${view.incident_text}`, () => incident(view.incident).catch(failed), { class: "link", "data-testid": "incident" })],
    ["result", view.result_text],
    ["rated", view.rating && [`${view.rating} / 5`, view.rating_text].filter(Boolean).join(": ")],
    ["disputed", view.disputed],
    ["muted", view.muted && t("muted_until", { time: view.muted.until_text, what: view.muted.reason })],
  ].filter(([, value]) => value);
  return el("div", { class: "facts" },
    el("dl", {}, rows.map(([name, value]) => el("div", { class: `fact ${name}` }, el("dt", {}, t(name)), el("dd", {}, el("bdi", {}, value))))),
    view.files_missing > 0 && el("p", { class: "chip warn" }, t("files_missing", { n: view.files_missing })),
    view.merged_into && el("a", { href: `#${view.merged_into}` }, t("goes_on_in", { number: view.merged_into })));
}

function actions(view) {
  const { state } = view;
  const make = (name, run, props = {}) => button(t(name), run, { "data-testid": `do-${name}`, ...props });
  if (state === "merged") return [];
  if (state === "closed") return [make("reopen", reopen, { class: "primary" })];
  return [
    !view.assignee && make("take", () => run("take"), { class: "primary" }),
    make("close", close), make("called", called), make("assign", assign),
    el("select", { "aria-label": t("priority"), "data-testid": "do-priority", onchange: (event) => rank(event.target.value) },
      ["low", "normal", "high"].map((code) => el("option", { value: code, selected: code === view.priority }, `${t("priority")}: ${t(`priority.${code}`)}`))),
    make("merge", merge),
    view.disputed ? view.may_settle && make("settle", settle) : make("dispute", dispute),
    make("incident_make", () => makeIncident(view, titled(view.number, "incident_make"), done).catch(failed)),
    view.may_mute && (view.muted ? make("unmute", unmute) : make("mute", mute)),
    // Whoever has it answers it; to give it back is the exception.
    view.may_release && make("release", () => run("release")),
  ];
}

const titled = (number, name) => `№ ${number}: ${t(name)}`;

const failed = (error) => announce(why(error), true);

const done = (view) => {
  announce(t("saved"));
  after(view);
};

async function send(number, name, values, files, key) {
  try {
    done(await act(`/tickets/${number}/${name}`, values, files, key));
  } catch (error) {
    // What happened meanwhile stands behind the window: the next try has seen it.
    if (error.status === 409 && open?.number === number) await loadTicket(number).catch(() => {});
    throw error;
  }
}

let busy = false;
/** Acts at once; what is pressed again meanwhile is the same press. */
async function run(name, values, path = `/tickets/${open.number}/${name}`) {
  if (busy) return;
  busy = true;
  const { number } = open;
  try {
    const view = await act(path, values);
    if (view.number) done(view);
    else announce(t("saved"));
  } catch (error) {
    failed(error);
    if (open) open.spelled = "";
  }
  busy = false;
  if (open?.number === number) await loadTicket(number).then(() => open?.view && update(open.view), () => {});
}

// By the keys a choice is walked through: the one that it stays at is meant.
let ranking = 0;
function rank(priority) {
  const { number } = open;
  clearTimeout(ranking);
  ranking = setTimeout(() => {
    if (open?.number !== number) return;
    if (busy) rank(priority);
    else run("priority", { priority });
  }, 250);
}

const unmute = () => run("unmute", {}, `/muted/${open.view.muted.person}/lift`);

const writable = () => open && !open.composer.box.hidden;

export const write = (mode) => writable() && open.composer.choose(mode);
export const readyAnswers = () => writable() && open.composer.chooseCanned();

/** Presses the first of these acts that the ticket offers now; a choice is gone to instead. */
export function press(...names) {
  const found = names.map((name) => box.querySelector(`[data-testid="do-${name}"]`)).find(Boolean);
  if (found?.matches("select")) found.focus();
  else found?.click();
}

/**
 * A window about the ticket that is open now, whichever is opened behind it later; `sent(values)` is
 * the act, its values, its files.
 */
function asking(name, given, sent) {
  const { number } = open;
  return ask({
    title: titled(number, name), label: t(name), draft: `${name}-${number}`, ...given,
    submit: (values, key) => {
      const [path, body, files = []] = sent(values);
      return send(number, path, body, files, key);
    },
  });
}

async function assign() {
  const { number } = open;
  let people;
  try {
    people = (await get("/operators")).data.operators.map((each) => [each.id, `${each.name} (${each.in_hand})`]);
  } catch (error) {
    failed(error);
    return;
  }
  if (open?.number !== number) return;
  asking("assign", {
    hint: people.length ? "" : t("nobody_on_shift"),
    fields: [{ name: "person", label: t("to_whom"), kind: "select", options: [["", t("by_turn")], ...people], autofocus: true }],
  }, ({ person }) => ["assign", { person: person ? Number(person) : null }]);
}

const reword = (message) => asking("edit", {
  hint: message.author === "operator" ? t("edit_answer_hint") : "", label: t("keep"), draft: `edit-${message.id}`,
  fields: [{ name: "text", label: t("your_text"), kind: "textarea", value: said(message.body), required: true, autofocus: true }],
}, (values) => [`messages/${message.id}`, values]);

const merge = () => asking("merge", {
  hint: t("merge_hint"),
  fields: [{ name: "into", label: t("merge_into"), kind: "number", inputmode: "numeric", required: true, autofocus: true }],
}, ({ into }) => ["merge", { into: Number(into) }]);

function close() {
  // Read when the window opened; what comes while it stands before the ticket is read by a refusal.
  let { seen } = open.view;
  const { number } = open;
  const results = ["answered", "called_back", "not_reached", "refused", "not_fault", "duplicate", "no_reply"];
  asking("close", {
    danger: true,
    fields: [
      { name: "result", label: t("close_result"), kind: "select", autofocus: true, options: results.map((code) => [code, t(`result.${code}`)]) },
      { name: "text", label: t("close_text"), kind: "textarea" }],
    refused: () => { if (open?.number === number) ({ seen } = open.view); },
  }, (values) => ["close", { ...values, seen }]);
}

const reopen = () => asking("reopen", {
  fields: [{ name: "text", label: t("reopen_text"), kind: "textarea", autofocus: true }],
}, (values) => ["reopen", values]);

const dispute = () => asking("dispute", {
  hint: t("dispute_hint"),
  fields: [{ name: "ground", label: t("dispute_ground"), kind: "textarea", required: true, autofocus: true }],
}, (values) => ["dispute", values]);

const settle = () => asking("settle", {
  hint: t("settle_hint"),
  fields: [{ name: "ground", label: t("settle_ground"), kind: "textarea", required: true, autofocus: true }],
}, (values) => ["settle", values]);

const mute = () => asking("mute", {
  hint: t("mute_hint"), danger: true,
  fields: [
    { name: "reason", label: t("mute_reason"), kind: "textarea", required: true, autofocus: true },
    { name: "days", label: t("mute_term"), kind: "select", options: codes("days").map((days) => [days, t(`days.${days}`)]) }],
}, ({ reason, days }) => ["mute", { reason, days: Number(days) }]);

const called = () => asking("called", {
  label: t("send"),
  fields: [
    { name: "result", label: t("call_result"), kind: "select", autofocus: true, options: [["answered", t("call_answered")], ["not_reached", t("call_not_reached")]] },
    { name: "text", label: t("call_text"), kind: "textarea" },
    { name: "recording", label: t("recording"), kind: "file" }],
}, ({ recording, ...values }) => ["called", values, recording]);
