"""What administrators see: applications, people, companies, invitations, the register of roles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aiogram.types import InlineKeyboardButton

from domain.identifiers import shown_email
from domain.people.views import (
    MembershipView,
    PersonRow,
    RegistrationPage,
    RegistrationView,
    RoleChangeView,
    RoleRegisterPage,
)
from domain.registry.views import CompanyPage, CompanyView
from domain.roles import Role
from handlers.views import format as fmt
from handlers.views.account import held_as, membership_name
from handlers.views.pages import turning
from handlers.views.parts import cut, name_of
from handlers.views.press import press
from handlers.views.shown import Shown, bold, button, keyboard
from handlers.views.terms import (
    COMPANY_STATUSES,
    PERSON_STATES,
    POSITIONS,
    REGISTRATION_STATES,
    ROLES,
)
from handlers.views.translator import Html, Lazy, Translator, escape, join, lazy

_LABEL = 24

#: What becomes of a role, or of a whole account, in the register of clause 34.
CHANGES: Mapping[str, Lazy] = {
    "granted": lazy("The role is given", context="role change"),
    "revoked": lazy("The role is taken away", context="role change"),
    "suspended": lazy("The account is suspended", context="role change"),
    "resumed": lazy("The account is resumed", context="role change"),
}

#: What will be done, asked before it is done.
QUESTIONS: Mapping[str, Lazy] = {
    "refuse": lazy("Refuse the application?"),
    "suspend": lazy("Suspend the account? The person will not be able to act."),
    "resume": lazy("Resume the account?"),
    "grant": lazy("Give the role?"),
    "revoke": lazy("Take the role away?"),
    "end": lazy("End every role, the API tokens and the e-mail of this person?"),
}

_APPROVE = lazy(
    "Approve the application? From this moment the person acts in the name of the company."
)


# Applications


def registration_list(t: Translator, page: RegistrationPage, *, first: bool) -> Shown:
    """Applications that wait for a decision, oldest first."""
    head = bold(t("Applications that wait: {count}", count=page.total))
    if not page.registrations:
        empty = t("No application waits for a decision. When one comes, you will be told here.")
        return Shown(join([head, empty], "\n\n"))
    rows = [_registration_row(t, each) for each in page.registrations]
    buttons = [
        button(
            t.button("No. {number}", number=each.number), press("registration.card", each.number)
        )
        for each in page.registrations
    ]
    turn = []
    if not first:
        turn.append(button(t.button("To the first page"), press("registrations")))
    if page.after is not None:
        turn.append(button(t.button("Next page"), press("registrations", page.after)))
    return Shown(join([head, *rows], "\n\n"), keyboard(*_fours(buttons), turn))


def _fours(buttons: Sequence[InlineKeyboardButton]) -> list[Sequence[InlineKeyboardButton]]:
    return [buttons[at : at + 4] for at in range(0, len(buttons), 4)]


def _registration_row(t: Translator, each: RegistrationView) -> Html:
    return join(
        [
            bold(t("No. {number}", number=each.number))
            + Html(" · ")
            + escape(cut(each.full_name, 80)),
            escape(cut(name_of(t, each.company), 80)) if each.company else "",
            t(ROLES[each.role]) + Html(" · ") + fmt.moment(t, each.created_at),
        ]
    )


def registration_card(t: Translator, each: RegistrationView) -> Shown:
    """One application; the decision below it while it waits."""
    company = each.company
    lines = [
        bold(t("Application No. {number}", number=each.number)),
        t("State: {state}", state=t(REGISTRATION_STATES[each.state])),
        t("Received: {when}", when=fmt.moment(t, each.created_at)),
        t("Decided: {when}", when=fmt.moment(t, each.decided_at)) if each.decided_at else "",
        t("Ground: {ground}", ground=cut(each.ground, 600)) if each.ground else "",
        "",
        t("Name: {name}", name=each.full_name),
        t("Position: {position}", position=t(POSITIONS[each.position])),
        t("Role: {role}", role=t(ROLES[each.role])),
        t("Phone: {phone}", phone=each.phone),
        t("E-mail: {email}", email=shown_email(each.email)),
        *(_company_lines(t, company.bin, name_of(t, company), company.status) if company else ()),
    ]
    rows: list[list[InlineKeyboardButton]] = []
    if each.state == "pending":
        number = each.number
        rows.append([button(t.button("Approve"), press("registration.ask", number), "success")])
        rows.append(
            [
                button(
                    t.button("Refuse the application"),
                    press("registration.refuse", number),
                    "danger",
                )
            ]
        )
    rows.append(
        [
            button(t.button("Person"), press("person.card", each.person_id)),
            button(t.button("To the applications"), press("registrations")),
        ]
    )
    return Shown(_whole(lines), keyboard(*rows))


def _whole(lines: Sequence[str]) -> Html:
    """Lines with blank ones kept as gaps: the empty string parts blocks, runs of it do not."""
    blocks: list[list[str]] = [[]]
    for line in lines:
        if line == "" and blocks[-1]:
            blocks.append([])
        elif line:
            blocks[-1].append(line)
    return join([join(block) for block in blocks], "\n\n")


def _company_lines(t: Translator, number: str, name: str, status: str) -> tuple[Html, ...]:
    return (
        t("Company: {name}, BIN/IIN {bin}", name=cut(name, 300), bin=number),
        t("State in the registry: {status}", status=t(COMPANY_STATUSES[status])),
    )


def approve_question(t: Translator, each: RegistrationView) -> Shown:
    """The last look before approving."""
    who = each.full_name if each.company is None else f"{each.full_name}, {_name(t, each)}"
    yes = button(t.button("Yes, approve"), press("registration.approve", each.number), "success")
    no = button(t.button("Back"), press("registration.card", each.number))
    return Shown(join([bold(t(_APPROVE)), escape(who)]), keyboard([no, yes]))


def _name(t: Translator, each: RegistrationView) -> str:
    return cut(name_of(t, each.company), 300) if each.company else ""


# People


def people_hub(t: Translator) -> Shown:
    """Where people and companies are found and invited."""
    text = join(
        [bold(t("People")), t("Find a person to see their roles, to suspend or to give a role.")]
    )
    return Shown(
        text,
        keyboard(
            [button(t.button("Find a person"), press("people.find"), "primary")],
            [button(t.button("Find a company"), press("companies.find"))],
            [button(t.button("Invite somebody"), press("invite"))],
            [button(t.button("Without Telegram"), press("unchatty"))],
        ),
    )


def people_found(t: Translator, found: Sequence[PersonRow], text: str) -> Shown:
    """What a search for people has brought."""
    head = bold(t("People found for “{text}”: {count}", text=cut(text, 60), count=len(found)))
    if not found:
        empty = t("Nobody is found. Type a part of the name, the phone, the BIN or the company.")
        return Shown(join([head, empty], "\n\n"))
    rows = [
        [
            button(
                cut(each.name or each.phone or str(each.id), _LABEL), press("person.card", each.id)
            )
        ]
        for each in found
    ]
    return Shown(join([head, t("Choose a person, or type another text.")]), keyboard(*rows))


def person_card(t: Translator, person: PersonRow) -> Shown:
    """A person with everything they are, and what can be done."""
    state = "joined" if person.joined else "suspended" if person.suspended else "active"
    roles = [Html("• ") + held_as(t, each) for each in person.memberships[:20]]
    since = person.unreachable_since
    lines = [
        bold(escape(cut(person.name, 200) or "–")),
        t("Account: {state}", state=t(PERSON_STATES[state])),
        t("Reason: {reason}", reason=cut(person.state_reason, 600)) if person.state_reason else "",
        t("Phone: {phone}", phone=person.phone or "–"),
        t("E-mail: {email}", email=shown_email(person.email) if person.email else "–"),
        t("Known since: {when}", when=fmt.moment(t, person.created_at)),
        t("Has blocked the bot since {when}", when=fmt.moment(t, since)) if since else "",
        "",
        bold(t("Roles")),
        *(roles or [t("No role yet.")]),
    ]
    return Shown(_whole(lines), keyboard(*_person_acts(t, person)))


def _person_acts(t: Translator, person: PersonRow) -> list[list[InlineKeyboardButton]]:
    back = [button(t.button("Back"), press("people"))]
    if person.joined:
        return [back]
    acts = [button(t.button("Give a role"), press("person.grant", person.id))]
    if person.memberships:
        acts.append(button(t.button("Take a role away"), press("person.revoke", person.id)))
    if person.suspended:
        last = button(t.button("Resume the account"), press("person.resume", person.id), "success")
    else:
        last = button(t.button("Suspend the account"), press("person.suspend", person.id), "danger")
    if person.telegram_id is None:
        back.append(button(t.button("Without Telegram"), press("unchatty.card", person.id)))
    return [acts, [last], back]


def role_choice(t: Translator, name: str, *ids: int) -> Shown:
    """Which role: to give (``name`` with the person's id) or to invite to."""
    title = t("Which role to give?") if ids else t("Whom do you invite?")
    buttons = [
        button(cut(str(t(ROLES[role])), _LABEL), press(name, *ids, role.value)) for role in Role
    ]
    back = press("person.card", *ids) if ids else press("people")
    rows = [buttons[at : at + 2] for at in range(0, len(buttons), 2)]
    return Shown(bold(title), keyboard(*rows, [button(t.button("Back"), back)]))


def revoke_choice(t: Translator, person: PersonRow) -> Shown:
    """Which of the person's roles to take away."""
    head = bold(t("Which role to take away?"))
    rows = [[_revoke_button(t, person, each)] for each in person.memberships[:20]]
    listed = [
        Html(f"{place}. ") + membership_name(t, each, 80)
        for place, each in enumerate(person.memberships[:20], start=1)
    ]
    back = [button(t.button("Back"), press("person.card", person.id))]
    return Shown(
        join([head, *(listed or [t("This person has no role any more.")])]), keyboard(*rows, back)
    )


def _revoke_button(t: Translator, person: PersonRow, each: MembershipView) -> InlineKeyboardButton:
    place = person.memberships.index(each) + 1
    label = cut(f"{place}. {t(ROLES[each.role])}", _LABEL)
    return button(label, press("revoke.role", person.id, each.id), "danger")


# Companies


def companies_found(t: Translator, page: CompanyPage, text: str) -> Shown:
    """What a search for companies has brought."""
    head = bold(t("Companies found for “{text}”", text=cut(text, 60)))
    if not page.companies:
        empty = t(
            "No company is found. Companies come from the registry: type a part of the name, "
            "the BIN or the number in the registry."
        )
        return Shown(join([head, empty], "\n\n"))
    rows = [
        [button(cut(name_of(t, each), _LABEL), press("company.card", each.bin))]
        for each in page.companies
    ]
    more = t("There are more. Type a longer text to find the one you need.")
    note = more if page.after is not None else t("Choose a company, or type another text.")
    return Shown(join([head, note]), keyboard(*rows))


def company_card(t: Translator, company: CompanyView) -> Shown:
    """A company as the registry has it; nothing here can be changed in the chat."""
    sides = [
        t("Producer of the registry") if company.is_producer else "",
        t("Customer") if company.is_customer else "",
    ]
    number = company.registry_number
    lines = [
        bold(escape(cut(name_of(t, company), 300))),
        *_company_lines(t, company.bin, name_of(t, company), company.status)[1:],
        t("BIN/IIN: {bin}", bin=company.bin),
        join(sides, ", "),
        t("Number in the registry: {number}", number=number) if number else "",
        t("Registered goods: {count}", count=fmt.number(t, company.goods)),
        t("Brought up to date: {when}", when=fmt.moment(t, company.updated_at)),
    ]
    return Shown(join(lines), keyboard([button(t.button("Back"), press("people"))]))


# The register of clause 34


def role_register(t: Translator, page: RoleRegisterPage, *, first: bool) -> Shown:
    """A page of the register of changes of roles and rights (act 366, clause 34)."""
    head = join(
        [
            bold(t("Register of changes of roles")),
            t("The rule: {clause}", clause=fmt.clause(t, "366-34")),
        ]
    )
    if not page.lines:
        return Shown(join([head, t("No role has been given yet.")], "\n\n"))
    label = lazy("Older entries", context="button")
    turn = turning(t, "roles", first=first, older=page.before, label=label)
    rows = [_change(t, each) for each in page.lines]
    return Shown(join([head, *rows], "\n\n"), keyboard(turn))


def _change(t: Translator, each: RoleChangeView) -> Html:
    what = [t(CHANGES[each.change])]
    if each.role is not None:
        what.append(t(ROLES[each.role]))
    if each.company is not None:
        what.append(escape(cut(name_of(t, each.company), 60)))
    return join(
        [
            bold(t("No. {number}", number=each.number)) + Html(" · ") + fmt.moment(t, each.at),
            escape(cut(each.person_name, 60) or "–"),
            join(what, " · "),
            t("Ground: {ground}", ground=_ground(t, each.ground)),
            t("Executor: {name}", name=_executor(t, each.executor)),
        ]
    )


def _ground(t: Translator, ground: str) -> Html:
    kind, _, number = ground.partition(":")
    if kind == "registration" and number.isdigit():
        return t("application No. {number}", number=number)
    if kind == "joined" and number.isdigit():
        return t("two accounts of one person joined")
    if ground == "settings":
        return t("settings of the platform")
    return escape(cut(ground, 100))


#: Names of acting parts of the platform, where no person stands behind a line.
_EXECUTORS: Mapping[str, Lazy] = {
    "system": lazy("the platform"),
    "cli": lazy("the platform"),
    "integration": lazy("an integration"),
}


def _executor(t: Translator, name: str) -> Html:
    known = _EXECUTORS.get(name)
    return t(known) if known else escape(cut(name, 60) or "–")
