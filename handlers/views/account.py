"""A person's own pages: home, account, colleagues, an invitation, languages, notices, help."""

from __future__ import annotations

from collections.abc import Sequence

from domain.identifiers import shown_email
from domain.notices.views import NoticePage
from domain.people.views import (
    ColleagueView,
    InvitationLink,
    MembershipView,
    PersonView,
    RegistrationReceipt,
)
from domain.roles import Role
from domain.support.regimes import Regime
from handlers.views import format as fmt
from handlers.views.parts import cut, name_of
from handlers.views.press import press
from handlers.views.shown import Shown, bold, button, keyboard
from handlers.views.support import hours, support_when_suspended, ways_to_support
from handlers.views.terms import PERSON_STATES, POSITIONS, REGISTRATION_STATES, ROLES
from handlers.views.translator import Html, Lazy, Translator, escape, join, lazy, plain, translator

#: Every language names itself: the one message is looked up in each catalogue.
# Translators: the name of the language of this catalogue in this language itself.
_OWN_NAME = lazy("English", context="name of this language")
_LABEL = 24
_COLLEAGUES = 20

#: What there is to do first in each role.
NEXT_STEPS: dict[Role | None, Lazy] = {
    None: lazy("To see orders and to take part, register: press “Register”."),
    Role.SUPPLIER: lazy(
        "New orders for your registered goods come here by themselves. "
        "To see them all, press “Orders”; to answer a customer who selected you, “To confirm”."
    ),
    Role.CUSTOMER: lazy(
        "To buy from Kazakhstani producers, press “New order”. "
        "The offers and the terms are under “Orders”."
    ),
    Role.ADMIN: lazy(
        "New applications are under “Applications”, accounts and roles are under “People”, "
        "working days under “Calendar”."
    ),
    Role.AUTHORITY: lazy(
        "Levels of faults that wait for your agreement are under “Faults”. "
        "See the orders under “Orders” and the register of changes of roles."
    ),
    Role.SUPPORT: lazy(
        "Begin your work under “Shift”: requests then come to you by turn. "
        "All of them are under “Queue”, faults under “Faults”. The desk on a web page: /desk"
    ),
    Role.TECHNICAL_OPERATOR: lazy("See the orders under “Orders”; your notices come here."),
    Role.OBSERVER: lazy("See the orders under “Orders”; you can look at everything there."),
}


def home(t: Translator, person: PersonView, registrations: Sequence[RegistrationReceipt]) -> Html:
    """Who the person is here, and what to do next; the main menu goes with it."""
    membership = person.membership
    if membership is None:
        return _guest_home(t, registrations)
    return join(
        [
            bold(membership_name(t, membership)),
            t(NEXT_STEPS[membership.role]),
            t("Choose an action from the menu below."),
        ],
        "\n\n",
    )


def _guest_home(t: Translator, registrations: Sequence[RegistrationReceipt]) -> Html:
    head = bold(t("Tapsyrys: orders from Kazakhstani producers"))
    waiting = [each for each in registrations if each.state == "pending"]
    if waiting:
        lines = [
            t("Your application No. {number} is under review.", number=each.number)
            for each in waiting
        ]
        told = t("When it is decided, you will be told here at once.")
        return join([head, join([*lines, told])], "\n\n")
    return join([head, t(NEXT_STEPS[None])], "\n\n")


def membership_name(t: Translator, membership: MembershipView, limit: int = 200) -> Html:
    """The company with the role, or the role alone for staff."""
    role = t(ROLES[membership.role])
    if membership.company is None:
        return role
    return escape(cut(name_of(t, membership.company), limit)) + Html(" · ") + role


def held_as(t: Translator, membership: MembershipView, limit: int = 80) -> Html:
    """The company with the role and the position there; of staff the role alone."""
    name = membership_name(t, membership, limit)
    if membership.company is None:
        return name
    return name + Html(" · ") + t(POSITIONS[membership.position])


def masked_phone(phone: str | None) -> str:
    """A number as its owner knows it again and others do not read it: +7701 ••• •• 45."""
    return f"{phone[:5]} ••• •• {phone[-2:]}" if phone else "–"


def account(
    t: Translator,
    person: PersonView,
    memberships: Sequence[MembershipView],
    registrations: Sequence[RegistrationReceipt],
    unread: int,
) -> Shown:
    """/me: the person, the company, the role, and the ways to change them."""
    current = person.membership
    in_company = current is not None and current.role.of_company
    lines = [
        t("Name: {name}", name=cut(person.name, 200) or "–"),
        t("Phone: {phone}", phone=masked_phone(person.phone)),
        t("E-mail: {email}", email=shown_email(person.email) if person.email else "–"),
    ]
    acting = [*_acting(t, current), *(_application(t, each) for each in registrations)]
    told = t("Unread notices: {count}", count=unread)
    text = join([bold(t("My account")), join(lines), join(acting), told], "\n\n")
    others = [
        [button(_switch_label(t, each), press("switch", each.id))]
        for each in memberships
        if not each.current
    ]
    rows = [
        *others,
        [
            button(t.button("Colleagues"), press("colleagues")),
            button(t.button("Invite a colleague"), press("invite.colleague")),
        ]
        if in_company
        else [],
        [button(t.button("On duty"), press("duty"))] if in_company else [],
        [
            button(t.button("Notices"), press("notices", 0)),
            button(t.button("Language"), press("languages")),
        ],
        [
            button(t.button("Notices: how and when"), press("settings")),
            button(t.button("E-mail, SMS"), press("addresses")),
        ],
        [button(t.button("Add a company") if memberships else t.button("Register"), _REGISTER)],
    ]
    return Shown(text, keyboard(*rows))


_REGISTER = press("register")


def _acting(t: Translator, current: MembershipView | None) -> list[Html]:
    if current is None:
        return [t("You are not registered yet.")]
    lines = [t("Role: {role}", role=t(ROLES[current.role]))]
    if current.company is not None:
        name = cut(name_of(t, current.company), 200)
        lines = [
            t("Company: {name}, BIN/IIN {bin}", name=name, bin=current.company.bin),
            *lines,
            t("Position: {position}", position=t(POSITIONS[current.position])),
        ]
    return lines


def _application(t: Translator, each: RegistrationReceipt) -> Html:
    state = t(REGISTRATION_STATES[each.state])
    company = f" · {cut(name_of(t, each.company), 80)}" if each.company else ""
    line = t("Application No. {number}: {state}", number=each.number, state=state)
    return line + escape(company)


def _switch_label(t: Translator, each: MembershipView) -> str:
    name = name_of(t, each.company) if each.company else str(t(ROLES[each.role]))
    return cut(t.button("To: {name}", name=name), _LABEL)


def colleagues(t: Translator, found: Sequence[ColleagueView]) -> Shown:
    """Who else acts for the company."""
    head = bold(t("Colleagues"))
    if found:
        more = len(found) - _COLLEAGUES
        rest = t.plural("and {n} more person", "and {n} more people", more) if more > 0 else ""
        text = join([head, *(_colleague(t, each) for each in found[:_COLLEAGUES]), rest], "\n\n")
    else:
        text = join(
            [
                head,
                t(
                    "Nobody else acts for your company here yet. "
                    "Press “Invite a colleague” and send them the link."
                ),
            ],
            "\n\n",
        )
    return Shown(
        text,
        keyboard(
            [button(t.button("Invite a colleague"), press("invite.colleague"), "primary")],
            [button(t.button("Back"), press("me"))],
        ),
    )


def _colleague(t: Translator, each: ColleagueView) -> Html:
    return join(
        [
            bold(escape(cut(each.name, 60) or "–")),
            t(POSITIONS[each.position]) + Html(" · ") + escape(masked_phone(each.phone)),
            t(PERSON_STATES["suspended"]) if each.suspended else "",
        ]
    )


def invitation_link(t: Translator, link: InvitationLink, bot_username: str) -> Html:
    """A fresh link, in a message of its own so that it can be forwarded."""
    address = f"https://t.me/{bot_username}?start={link.token}"
    whom = t("Invitation: {role}", role=t(ROLES[link.role]))
    if link.company is not None:
        name = cut(name_of(t, link.company), 200)
        whom = t("Invitation: {role}, {name}", role=t(ROLES[link.role]), name=name)
    return join(
        [
            bold(whom),
            escape(address),
            t("The link works once and is valid until {when}.", when=fmt.due(t, link.expires_at)),
            t("Send it only to the person you invite."),
        ]
    )


def languages(t: Translator) -> Shown:
    """The choice of language; said in both, for who cannot read one of them."""
    texts = [translator("kk"), translator("ru")]
    lines = dict.fromkeys(_choose(each) for each in texts)
    rows = [[button(each.button(_OWN_NAME), press("language", each.locale))] for each in texts]
    if t.locale == "ru":
        rows.reverse()
    return Shown(join(lines), keyboard(*rows))


def _choose(t: Translator) -> Html:
    return t("Choose the language. You can change it at any time: /language")


def suspended(t: Translator, person: PersonView) -> Html:
    """Why nothing works, and whom to ask (act 366, clause 9)."""
    return join(
        [
            bold(t("Your account is suspended.")),
            t("Reason: {reason}", reason=cut(person.state_reason or "–", 600)),
            t(
                "Nothing is deleted. To have the account resumed, write to the administrator of "
                "the platform or to support and name this reason."
            ),
            support_when_suspended(t),
            t("The rule: {clause}", clause=fmt.clause(t, "366-9")),
        ]
    )


def help_page(t: Translator, role: Role | None, regime: Regime) -> Html:
    """/help: what to do next in this role, the commands that always work, support hours."""
    commands = join(
        [
            t("/menu shows the menu, /me your account, /notices your notices."),
            t("/language changes the language, /cancel closes a form and keeps what you typed."),
            t("“?” at a deadline shows how it was counted."),
        ]
    )
    support = join([ways_to_support(t), hours(t, regime)])
    return join([bold(t("Help")), t(NEXT_STEPS[role]), commands, support], "\n\n")


def notices(
    t: Translator,
    page: NoticePage,
    lines: Sequence[Html],
    *,
    first: bool,
) -> Shown:
    """A page of notices: one line each, with a mark for what is read now for the first time.

    ``lines`` are their texts in brief.
    """
    head = bold(t("Notices"))
    if not page.notices:
        empty = t("There are no notices yet. What concerns you comes here by itself.")
        back = keyboard([button(t.button("My account"), press("me"))])
        return Shown(join([head, empty], "\n\n"), back)
    rows = [
        join(
            [
                bold(Html("● ") + fmt.moment(t, notice.created_at))
                if notice.read_at is None
                else fmt.moment(t, notice.created_at),
                cut(plain(line), 160),
            ]
        )
        for notice, line in zip(page.notices, lines, strict=True)
    ]
    count = t("Unread: {count}", count=page.unread) if page.unread else ""
    numbers = [
        button(str(place), press("notice.card", notice.number))
        for place, notice in enumerate(page.notices, start=1)
    ]
    numbered = [Html(f"{place}. ") + row for place, row in enumerate(rows, start=1)]
    turn = []
    if not first:
        turn.append(button(t.button("Newest"), press("notices", 0)))
    if page.older is not None:
        turn.append(button(t.button("Older notices"), press("notices", page.older)))
    return Shown(
        join([head, count, *numbered], "\n\n"),
        keyboard(*(numbers[at : at + 4] for at in range(0, len(numbers), 4)), turn),
    )
