// How much time is left of a promise: counted on in the page, each second.
import { now, t } from "./api.js";
import { el } from "./dom.js";

const HOUR = 3600, DAY = 86400;

function span(seconds, round) {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < 60) return t("s", { n: whole });
  const rest = round(seconds / 60) * 60;
  const parts = [[Math.floor(rest / DAY), "d"], [Math.floor((rest % DAY) / HOUR), "h"], [Math.floor((rest % HOUR) / 60), "min"]];
  const first = parts.findIndex(([n]) => n > 0);
  return parts.slice(first, first + 2).filter(([n]) => n > 0).map(([n, unit]) => t(unit, { n })).join(" ");
}

// The desk's clock stands still at night and on days off, so how late it is comes from the server.
function over(minutes) {
  if (!minutes) return t("over_now");
  const parts = [[Math.floor(minutes / 60), "h"], [minutes % 60, "min"]];
  return t("over", { time: parts.filter(([n]) => n > 0).map(([n, unit]) => t(unit, { n })).join(" ") });
}

/** 0 in time, 1 red, 2 overdue. */
export function alarm(ticket) {
  if (!ticket.unanswered) return 0;
  const at = now();
  return at >= Date.parse(ticket.promised_at) ? 2 : at >= Date.parse(ticket.red_at) ? 1 : 0;
}

function show(node) {
  const ticket = node.ticket;
  const level = alarm(ticket);
  const rest = (Date.parse(ticket.promised_at) - now()) / 1000;
  const text = !ticket.unanswered ? ticket.state_text : level === 2 ? over(ticket.late_minutes)
    // Of what is left a part of a minute counts as a whole one, as everywhere in the chat.
    : t("left", { time: span(rest, Math.ceil) });
  if (node.textContent !== text) node.textContent = text;
  node.dataset.alarm = ticket.unanswered ? level : "done";
  const row = node.closest("[data-number]");
  if (row) row.dataset.alarm = level;
}

/** The timer of a ticket. */
export function timer(ticket) {
  const node = el("span", { class: "timer", "data-testid": "timer", title: ticket.promised_text });
  node.ticket = ticket;
  show(node);
  return node;
}

export const refreshTimers = () => document.querySelectorAll(".timer").forEach(show);
setInterval(refreshTimers, 1000);
