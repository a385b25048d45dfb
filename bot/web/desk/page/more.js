// What the desk has beside tickets: who is on shift, ready answers, who may not write, reports.
import { act, get, t, why } from "./api.js";
import { announce, button, el } from "./dom.js";
import { incidents } from "./incidents.js";
import { reports } from "./reports.js";
import { ask, tell } from "./windows.js";

/** A list of the ways; `lead`: who also keeps the ready answers. */
export function more(lead, help) {
  const go = (work) => () => {
    window.close();
    return Promise.resolve(work()).catch((error) => announce(why(error), true));
  };
  const ways = { on_shift: onShift, incidents, canned_all: () => readyAnswers(lead), muted_all: muted, reports, help };
  const window = tell(t("more"), el("ul", { class: "choices" }, Object.entries(ways).map(([name, work], at) =>
    el("li", {}, button(t(name), go(work), { "data-testid": `more-${name}`, autofocus: at === 0 })))));
}

async function onShift() {
  const { data } = await get("/operators");
  tell(t("on_shift"), data.operators.length
    ? el("ul", { class: "people", "data-testid": "operators" }, data.operators.map((each) => el("li", {}, el("b", {}, each.name),
      el("span", { class: "muted" }, [t("since", { time: each.since }), t("in_hand", { n: each.in_hand }), each.seen && t("last_act", { time: each.seen })].filter(Boolean).join(" · ")))))
    : el("p", { class: "empty" }, t("nobody_on_shift")));
}

/** A list in a window that is drawn anew after each act on it. */
function living(title, draw) {
  const box = el("div", { class: "stack" });
  const alert = el("p", { class: "alert", role: "alert", "data-testid": "list-alert" });
  const show = (data) => box.replaceChildren(...[draw(data, run)].flat());
  const run = async (work) => {
    alert.textContent = "";
    try {
      show(await work());
      announce(t("saved"));
    } catch (error) {
      alert.textContent = why(error);
    }
  };
  tell(title, box, alert);
  return show;
}

async function readyAnswers(lead) {
  const { data } = await get("/canned");
  const one = (each, show) => el("li", { "data-testid": "canned-line" }, el("b", {}, each.title),
    el("p", { lang: "kk" }, each.kk), el("p", { lang: "ru" }, each.ru),
    lead && el("p", { class: "window-buttons" }, button(t("remove"), () => remove(each, show), { class: "danger", "data-testid": "canned-remove", "aria-label": `${t("remove")}: ${each.title}` })));
  const show = living(t("canned_all"), (found) => [
    found.canned.length ? el("ul", { class: "cards" }, found.canned.map((each) => one(each, show))) : el("p", { class: "empty" }, t("no_canned")),
    lead && button(t("add_canned"), () => add(show), { class: "primary", "data-testid": "canned-add" })].filter(Boolean));
  show(data);
}

const remove = (each, show) => ask({
  title: each.title, hint: t("remove_sure"), label: t("yes_remove"), fields: [], danger: true,
  submit: async (_, key) => show(await act(`/canned/${each.id}/remove`, {}, [], key)),
});

const add = (show) => ask({
  title: t("add_canned"), label: t("add"), draft: "new-canned",
  fields: [
    { name: "title", label: t("canned_title"), required: true, autofocus: true },
    { name: "kk", label: t("canned_kk"), kind: "textarea", required: true },
    { name: "ru", label: t("canned_ru"), kind: "textarea", required: true }],
  submit: async (values, key) => show(await act("/canned", values, [], key)),
});

async function muted() {
  const { data } = await get("/muted");
  living(t("muted_all"), (found, run) => (found.muted.length
    ? el("ul", { class: "cards" }, found.muted.map((each) => el("li", { "data-testid": "muted-line" }, el("b", {}, each.name),
      el("p", { class: "muted" }, t("muted_until", { time: each.until_text, what: each.reason })),
      el("p", { class: "window-buttons" }, button(t("unmute"), () => run(() => act(`/muted/${each.person}/lift`)), { "data-testid": "lift", "aria-label": `${t("unmute")}: ${each.name}` })))))
    : el("p", { class: "empty" }, t("muted_nobody"))))(data);
}
