// One ticket: who asks and by when, what was said, what can be done.
import { act, get, Refused, t } from "./api.js";
import { makeComposer } from "./composer.js";
import { makeConversation } from "./conversation.js";
import { announce, button, el } from "./dom.js";
import { timer } from "./timers.js";
import { ask } from "./windows.js";

let open = null;
let changed = () => {};
const box = el("section", { class: "ticket", "data-testid": "ticket" });

export function makeTicket(whenChanged) {
  changed = whenChanged;
  closeTicket();
  return box;
}

export const openNumber = () => open?.number || 0;

/** Nothing is open. */
export function closeTicket() {
  open = null;
  box.removeAttribute("aria-label");
  box.replaceChildren(el("p", { class: "choose" }, t("choose")));
}

/** Opens a ticket, or brings the open one up to date. */
export async function loadTicket(number) {
  const { data, fresh } = await get(`/tickets/${number}`);
  if (open?.number !== number) begin(data);
  else if (fresh) update(data);
}

function begin(view) {
  const head = el("header", { class: "ticket-head" });
  const talk = makeConversation();
  const composer = makeComposer(view.number, view.language, (answered) => after(answered));
  open = { number: view.number, view: null, head, talk, composer };
  box.setAttribute("aria-label", t("ticket", { number: view.number }));
  box.replaceChildren(head, talk.box, composer.box);
  update(view);
  talk.box.scrollTop = talk.box.scrollHeight;
}

function update(view) {
  if (open.spelled !== JSON.stringify({ ...view, messages: 0 })) {
    open.spelled = JSON.stringify({ ...view, messages: 0 });
    const focused = open.head.contains(document.activeElement) ? document.activeElement.dataset.testid : "";
    open.head.replaceChildren(...heading(view));
    if (focused) open.head.querySelector(`[data-testid="${focused}"]`)?.focus();
  }
  open.view = view;
  open.talk.show(view.messages);
  open.composer.box.hidden = view.state === "closed" || view.state === "merged";
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
    ["incident", view.incident && `№ ${view.incident}`],
    ["result", view.result_text],
    ["rated", view.rating && [`${view.rating} / 5`, view.rating_text].filter(Boolean).join(": ")],
    ["disputed", view.disputed],
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
    view.mine || view.assignee ? make("release", () => run("release")) : make("take", () => run("take"), { class: "primary" }),
    make("assign", assign), make("called", called),
    el("select", { "aria-label": t("priority"), "data-testid": "do-priority", onchange: (event) => run("priority", { priority: event.target.value }) },
      ["low", "normal", "high"].map((code) => el("option", { value: code, selected: code === view.priority }, `${t("priority")}: ${t(`priority.${code}`)}`))),
    make("merge", merge),
    view.disputed ? make("settle", () => run("settle")) : make("dispute", dispute),
    make("close", close, { class: "danger" }),
  ];
}

const titled = (name) => `№ ${open.number}: ${t(name)}`;

const send = async (name, values, files) => {
  const view = await act(`/tickets/${open.number}/${name}`, values, files);
  announce(t("saved"));
  after(view);
};

async function run(name, values) {
  try {
    await send(name, values);
  } catch (error) {
    announce(error instanceof Refused ? error.message : t("failed"), true);
    if (open) open.spelled = "";
    loadTicket(open.number).then(() => open && update(open.view));
  }
}

/** Take it, or give it back. */
export const takeOrRelease = () => {
  const { view } = open || {};
  if (view && !["closed", "merged"].includes(view.state)) run(view.assignee ? "release" : "take");
};

export const write = (mode) => open && !open.composer.box.hidden && open.composer.choose(mode);

async function assign() {
  const { data } = await get("/operators");
  const people = data.operators.map((each) => [each.id, `${each.name} (${each.in_hand})`]);
  ask({
    title: titled("assign"), label: t("assign"), hint: people.length ? "" : t("nobody_on_shift"),
    fields: [{ name: "person", label: t("to_whom"), kind: "select", options: [["", t("by_turn")], ...people], autofocus: true }],
    submit: ({ person }) => send("assign", { person: person ? Number(person) : null }),
  });
}

const merge = () => ask({
  title: titled("merge"), hint: t("merge_hint"), label: t("merge"),
  fields: [{ name: "into", label: t("merge_into"), kind: "number", inputmode: "numeric", required: true, autofocus: true }],
  submit: ({ into }) => send("merge", { into: Number(into) }),
});

const close = () => ask({
  title: titled("close"), label: t("close"),
  fields: [
    { name: "result", label: t("close_result"), kind: "select", autofocus: true,
      options: ["answered", "called_back", "not_reached", "refused", "duplicate", "no_reply"].map((code) => [code, t(`result.${code}`)]) },
    { name: "text", label: t("close_text"), kind: "textarea" }],
  submit: (values) => send("close", values),
});

const reopen = () => ask({
  title: titled("reopen"), label: t("reopen"),
  fields: [{ name: "text", label: t("reopen_text"), kind: "textarea", autofocus: true }],
  submit: (values) => send("reopen", values),
});

const dispute = () => ask({
  title: titled("dispute"), hint: t("dispute_hint"), label: t("dispute"),
  fields: [{ name: "ground", label: t("dispute_ground"), kind: "textarea", required: true, autofocus: true }],
  submit: (values) => send("dispute", values),
});

const called = () => ask({
  title: titled("called"), label: t("send"),
  fields: [
    { name: "result", label: t("call_result"), kind: "select", autofocus: true, options: [["answered", t("call_answered")], ["not_reached", t("call_not_reached")]] },
    { name: "text", label: t("call_text"), kind: "textarea" },
    { name: "recording", label: t("recording"), kind: "file" }],
  submit: ({ recording, ...values }) => send("called", values, recording),
});
