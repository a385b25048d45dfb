// Incidents: made of a ticket, joined by one, listed, and how each stands.
import { act, get, t, why } from "./api.js";
import { button, el, words } from "./dom.js";
import { ask, tell } from "./windows.js";

const named = (row) => `№ ${row.number} · ${row.state_text} · ${row.title}`;

/** A window that takes a ticket for a report of a fault; `done(view)` gets the ticket as it is then. */
export async function makeIncident(view, title, done) {
  const { data } = await get(`/tickets/${view.number}/incident`);
  const rows = data.incidents.map((row, at) => [row.number, at < data.alike ? `${named(row)} (${t("incident_alike")})` : named(row)]);
  ask({
    title, hint: t("incident_hint"), label: t("incident_make"), draft: `incident-${view.number}`,
    fields: [
      { name: "incident", label: t("incident_which"), kind: "select", options: [["", t("incident_new")], ...rows], value: view.incident ?? "", autofocus: true },
      { name: "text", label: t("incident_text"), kind: "textarea", value: data.text, required: true },
      { name: "at", label: t("incident_at"), kind: "datetime-local", value: data.at, required: true },
      { name: "contacts", label: t("incident_contacts"), value: data.contacts, required: true }],
    submit: async ({ incident, ...values }, key) => done(await act(`/tickets/${view.number}/incident`,
      { ...values, incident: incident ? Number(incident) : null }, [], key)),
  });
}

/** One incident, as operators read it in the chat. */
export async function incident(number) {
  const { data } = await get(`/incidents/${number}`);
  const told = el("div", { class: "text told", "data-testid": "incident-told" });
  const foot = el("p", { class: "window-buttons" });
  const alert = el("p", { class: "alert", role: "alert" });
  const more = (before) => async () => {
    alert.textContent = "";
    try {
      const { data: page } = await get(`/incidents/${number}/told${before ? `?before=${before}` : ""}`);
      told.append(...(before ? [] : [el("p", {}, words(page.counts))]), ...page.told.map((each) => el("p", {}, words(each))));
      foot.replaceChildren(...(page.older ? [button(t("older"), more(page.older))] : []));
    } catch (error) {
      alert.textContent = why(error);
    }
  };
  foot.append(button(t("incident_told"), more(0), { "data-testid": "incident-told-show" }));
  tell(t("incident_number", { number }), el("div", { class: "text", "data-testid": "incident-body" }, words(data.body)),
    told, foot, alert, el("p", { class: "muted" }, t("incident_decide")));
}

/** All incidents, newest first, page by page. */
export async function incidents() {
  const list = el("ul", { class: "choices", "data-testid": "incidents" });
  const alert = el("p", { class: "alert", role: "alert" });
  const foot = el("p", { class: "window-buttons" });
  const guarded = (work) => async () => {
    alert.textContent = "";
    try {
      await work();
    } catch (error) {
      alert.textContent = why(error);
    }
  };
  const more = async (before) => {
    const { data } = await get(before ? `/incidents?before=${before}` : "/incidents");
    list.append(...data.incidents.map((row) => el("li", {}, button(el("span", {}, el("b", {}, `№ ${row.number} · ${row.state_text}`), row.title,
      el("small", {}, [row.level_text, row.began_text, t("incident_reports", { n: row.reports })].filter(Boolean).join(" · "))),
    guarded(() => incident(row.number)), { "data-testid": "incident-line" }))));
    if (!list.children.length) list.append(el("li", { class: "empty" }, t("incidents_none")));
    foot.replaceChildren(...(data.older ? [button(t("older"), guarded(() => more(data.older)))] : []));
  };
  await more(0);
  tell(t("incidents"), list, foot, alert, el("p", { class: "muted" }, t("incident_decide")));
}
