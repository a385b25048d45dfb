// The work of the desk in a period: a table here, the same as a spreadsheet or a picture.
import { download, get, now, t, why } from "./api.js";
import { button, el } from "./dom.js";
import { tell } from "./windows.js";

const DAY = 86_400_000;
const text = (at) => new Date(at).toISOString().slice(0, 10);

// Days of Astana, which is five hours ahead of UTC all year.
function periods() {
  const today = new Date(now() + 5 * 3600_000);
  const day = Date.UTC(today.getUTCFullYear(), today.getUTCMonth(), today.getUTCDate());
  const first = Date.UTC(today.getUTCFullYear(), today.getUTCMonth(), 1);
  const monday = day - ((today.getUTCDay() + 6) % 7) * DAY;
  const before = Date.UTC(today.getUTCFullYear(), today.getUTCMonth() - 1, 1);
  return { this_week: [monday, day], this_month: [first, day], last_month: [before, first - DAY] };
}

function day(name, label) {
  const id = `period-${name}`;
  const input = el("input", { type: "date", id, required: true, "data-testid": id });
  return { input, node: el("p", { class: "field" }, el("label", { for: id }, label), input) };
}

const row = (...cells) => el("tr", {}, cells.map((cell, at) => el(at ? "td" : "th", at ? {} : { scope: "row" }, cell)));
const head = (...cells) => el("thead", {}, el("tr", {}, cells.map((cell) => el("th", { scope: "col" }, cell))));
const table = (caption, top, rows) => el("div", { class: "wide-table" },
  el("table", {}, el("caption", {}, caption), top && head(...top), el("tbody", {}, rows)));

function drawn(data) {
  const { label } = data;
  if (data.empty) return [el("p", { class: "empty", "data-testid": "report-empty" }, label.nothing)];
  const bars = ({ title, rows }) => rows.length > 0 && table(title, null, rows.map(([name, count, part]) =>
    row(name, count, el("meter", { min: 0, max: 1, value: part, "aria-hidden": "true" }))));
  return [
    table(data.period, null, [row(label.opened, data.opened), row(label.kept, data.kept), row(label.broken, data.broken),
      row(label.kept_share, data.share), row(label.rating, `${data.rating} (${data.rated})`)]),
    table(label.times, ["", label.median, label.p90, ""], data.times.map((each) => row(...each))),
    ...data.bars.map(bars).filter(Boolean),
    data.operators.length > 0 && table(label.operators, [label.operator, label.answers, label.closed, label.first_answer, label.rating], data.operators.map((each) => row(...each))),
    data.more && el("p", { class: "muted" }, data.more)].filter(Boolean);
}

/** Which period, the report of it, and its files. */
export function reports() {
  const since = day("since", t("since_day")), until = day("until", t("until_day"));
  const body = el("div", { class: "report", "data-testid": "report" });
  const alert = el("p", { class: "alert", role: "alert", "data-testid": "report-alert" });
  const asked = () => `since=${since.input.value}&until=${until.input.value}`;
  const named = (what, kind) => `${what}-${since.input.value}-${until.input.value}.${kind}`;
  let busy = false;
  const guarded = (work) => async () => {
    if (busy || !since.input.reportValidity() || !until.input.reportValidity()) return;
    busy = true;
    alert.textContent = "";
    body.setAttribute("aria-busy", "true");
    try {
      await work();
    } catch (error) {
      alert.textContent = why(error);
    }
    body.removeAttribute("aria-busy");
    busy = false;
  };
  const show = guarded(async () => {
    const { data } = await get(`/report?${asked()}`);
    body.replaceChildren(...drawn(data));
  });
  const choose = ([first, last]) => {
    [since.input.value, until.input.value] = [text(first), text(last)];
    return show();
  };
  const file = (what, path, name, kind) => button(t(what), guarded(() => download(`${path}?${asked()}`, named(name, kind))), { "data-testid": `report-${what}` });
  const dialog = tell(t("reports"),
    el("div", { class: "modes" }, Object.entries(periods()).map(([name, period]) => button(t(name), () => choose(period), { "data-testid": `period-${name}` }))),
    el("div", { class: "period" }, since.node, until.node, button(t("show"), show, { class: "primary", "data-testid": "report-show" })),
    alert, body,
    el("div", { class: "modes" }, file("sheet", "/report.xlsx", "report", "xlsx"), file("picture", "/report.png", "report", "png"), file("journal", "/journal.xlsx", "journal", "xlsx")));
  dialog.classList.add("broad");
  return choose(periods().this_month);
}
