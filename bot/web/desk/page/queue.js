// The queue: filters, lines with timers, search.
import { get, t } from "./api.js";
import { hasDraft } from "./composer.js";
import { button, el } from "./dom.js";
import { alarm, timer } from "./timers.js";

const state = { whose: "all", only: "", channel: "", page: 0, text: "" };
let box, listing, counts, pager, current = 0, changed, guard;
let shownAs = "";

const WHOSE = ["all", "mine", "nobodys"];

function address() {
  if (state.text) return `/search?text=${encodeURIComponent(state.text)}`;
  const asked = new URLSearchParams({ whose: state.whose, page: state.page });
  if (state.only) asked.set(state.only, "true");
  if (state.channel) asked.set("channel", state.channel);
  return `/queue?${asked}`;
}

function line(ticket) {
  const who = [ticket.company, ticket.name].filter(Boolean).join(" · ");
  return el("li", {},
    el("a", { href: `#${ticket.number}`, class: "line", "data-number": ticket.number, "data-state": ticket.state,
              "data-alarm": alarm(ticket), "data-testid": "line", "aria-current": ticket.number === current ? "true" : null },
      el("span", { class: "line-top" },
        el("span", { class: "number" }, `№ ${ticket.number}`),
        ticket.priority !== "normal" && el("span", { class: `chip priority-${ticket.priority}` }, ticket.priority_text),
        ticket.unanswered && ticket.escalation > 0 && el("span", { class: "chip warn" }, t("escalated")),
        hasDraft(ticket.number) && el("span", { class: "chip warn" }, t("draft")),
        timer(ticket)),
      el("span", { class: "line-subject" }, ticket.subject),
      el("span", { class: "line-foot" },
        el("span", { class: "who" }, who),
        el("span", { class: "chip" }, ticket.channel_text),
        el("span", { class: ticket.mine ? "chip mine" : "chip" }, ticket.assignee || t("nobody")))));
}

/** The queue's node; `whenChanged(data)` is told each new state of the desk, `safely` says failures. */
export function makeQueue(whenChanged, safely) {
  changed = whenChanged;
  guard = safely;
  shownAs = "";
  counts = el("p", { class: "counts", "aria-live": "polite" });
  listing = el("ul", { class: "lines", "data-testid": "lines" });
  pager = el("p", { class: "pager" });
  box = el("section", { class: "queue", "aria-label": t("queue") }, filters(), counts, listing, pager);
  return box;
}

function filters() {
  const group = el("div", { class: "filters", role: "group", "aria-label": t("filters") });
  const draw = () => {
    group.replaceChildren(
      ...WHOSE.map((name) => button(t(name), () => choose({ whose: name }), { "aria-pressed": String(state.whose === name), "data-testid": `whose-${name}` })),
      ...["unanswered", "red"].map((name) => button(t(name), () => choose({ only: state.only === name ? "" : name }),
        { "aria-pressed": String(state.only === name), "data-testid": `only-${name}`, class: name === "red" ? "red" : null })),
      el("select", { "aria-label": t("any_channel"), "data-testid": "channel", onchange: (event) => choose({ channel: event.target.value }), value: state.channel },
        ["", "chat", "voice", "email", "phone", "api"].map((code) => el("option", { value: code, selected: code === state.channel }, code ? t(`channel.${code}`) : t("any_channel")))));
  };
  const choose = (part) => {
    const focused = document.activeElement?.dataset.testid;
    Object.assign(state, part, { page: 0 });
    draw();
    group.querySelector(`[data-testid="${focused}"]`)?.focus();
    return guard(() => loadQueue());
  };
  draw();
  return group;
}

/** Look for words; none: the queue again. */
export function search(text) {
  state.text = text.trim();
  state.page = 0;
  return loadQueue();
}

/** Reads the queue and draws it when anything has changed; `anew`: also when nothing has. */
export async function loadQueue(anew = false) {
  const asked = address();
  const { data, fresh } = await get(asked);
  if (asked !== address()) return;
  if (!fresh && shownAs === asked && !anew) return;
  shownAs = asked;
  if (data.counts) changed(data);
  draw(data);
}

const isFiltered = () => state.whose !== "all" || Boolean(state.only || state.channel);

function draw(data) {
  const focused = document.activeElement?.dataset?.number;
  box.classList.toggle("searching", Boolean(state.text));
  listing.replaceChildren(...data.tickets.map(line));
  if (!data.tickets.length) listing.append(el("li", { class: "empty", "data-testid": "empty" }, t(state.text ? "found_none" : isFiltered() ? "empty" : "empty_all")));
  if (focused) listing.querySelector(`[data-number="${focused}"]`)?.focus();
  const told = data.counts ? figures(data) : [t("found"), data.more ? ` · ${t("more_found")}` : ""];
  // The same figures again are nothing to be read out.
  if (counts.dataset.told !== JSON.stringify(data.counts ?? told)) {
    counts.dataset.told = JSON.stringify(data.counts ?? told);
    counts.replaceChildren(...told);
  }
  const turn = (by) => () => { state.page = data.page + by; return guard(() => loadQueue()); };
  pager.replaceChildren(...(data.pages > 1 ? [
    button("←", turn(-1), { "aria-label": t("earlier"), disabled: data.page === 0 }),
    t("page_of", { page: data.page + 1, pages: data.pages }),
    button("→", turn(1), { "aria-label": t("later"), disabled: data.page + 1 >= data.pages })] : []));
}

function figures(data) {
  const names = { unanswered: "unanswered", unassigned: "nobodys", red: "red", overdue: "overdue" };
  return Object.entries(names).map(([key, name]) =>
    el("span", { class: `figure ${key}`, "data-count": data.counts[key] }, el("b", {}, String(data.counts[key])), ` ${t(name)}`));
}

/** Marks the ticket that is open. */
export function markCurrent(number) {
  current = number;
  for (const row of listing?.querySelectorAll(".line") || []) {
    if (Number(row.dataset.number) === number) row.setAttribute("aria-current", "true");
    else row.removeAttribute("aria-current");
  }
}

/** Moves the focus to the next line (1) or the one before (-1). */
export function step(by) {
  const rows = [...listing.querySelectorAll(".line")];
  if (!rows.length) return;
  const at = rows.findIndex((row) => row === document.activeElement);
  const from = at >= 0 ? at : rows.findIndex((row) => Number(row.dataset.number) === current);
  const next = from < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, from + by));
  rows[next].focus();
  rows[next].scrollIntoView({ block: "nearest" });
}
