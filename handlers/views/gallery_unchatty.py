"""Sections of the gallery for people without Telegram: list, cards, forms, joining accounts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from domain.channels.joining import JoinOffer
from domain.channels.unchatty import UnchattyPage, UnchattyView
from domain.channels.views import AddressView
from domain.people.views import MembershipView, PersonRow
from domain.roles import Role
from handlers.views import forms, samples
from handlers.views import joining as join_texts
from handlers.views import unchatty as texts
from handlers.views.addresses import code_waits
from handlers.views.gallery import Section, entry
from handlers.views.shown import Shown
from handlers.views.translator import Html, Translator

_MAIL, _NEW = "d.ospanov@gov.example", "new@gov.example"


def _held() -> MembershipView:
    return MembershipView(7, Role.AUTHORITY, "contact", None, True, samples.NOW)


def _person(**values: object) -> PersonRow:
    row = PersonRow(
        id=15,
        telegram_id=None,
        language="kk",
        name=samples.words().person,
        phone=None,
        email=_MAIL,
        suspended=False,
        state_reason=None,
        unreachable_since=None,
        created_at=samples.NOW,
        memberships=[_held()],
    )
    return replace(row, **values)  # type: ignore[arg-type]  # columns are named by the caller


def _email(**values: object) -> AddressView:
    known = AddressView(1, 15, "email", "verified", _MAIL, None, "none", samples.NOW, None, None)
    return replace(known, **values)  # type: ignore[arg-type]  # as above


def people() -> dict[str, UnchattyView]:
    """Somebody without Telegram, in every state."""
    waits = _email(state="unverified", address=None, wanted=_MAIL, verified_at=None)
    tokens = ((3, "person-15-1"),)
    return {
        "in force": UnchattyView(_person(), _email(), tokens),
        "code on its way": UnchattyView(_person(), replace(waits, code="asked"), ()),
        "code sent": UnchattyView(_person(), _email(wanted=_NEW, code="sent"), tokens),
        "code not sent": UnchattyView(_person(), waits, ()),
        "failing": UnchattyView(_person(phone="+77011234567"), _email(state="failing"), ()),
        "by the API alone": UnchattyView(_person(email=None), None, tokens),
        "ended": UnchattyView(_person(memberships=[], suspended=True), None, ()),
    }


def unchatty_sections() -> list[Section]:
    """Pages and cards."""
    found = people()
    one = found["in force"]
    cards = {name: _card(each) for name, each in found.items()}
    shown: dict[str, Callable[[Translator], Shown | str]] = {
        "list": lambda t: texts.people_page(t, UnchattyPage(list(found.values()), 3), first=False),
        "list, empty": lambda t: texts.people_page(t, UnchattyPage([], None), first=True),
        **cards,
        "registered": lambda t: texts.registered(t, found["code on its way"]),
        "registered, no e-mail": lambda t: texts.registered(
            t, replace(found["by the API alone"], tokens=())
        ),
        "token?": lambda t: texts.token_question(t, one),
        "token": lambda t: texts.token_made(t, "person-15-1", "x" * 43),
    }
    return [
        Section("People without Telegram", [entry(name, make) for name, make in shown.items()]),
        Section("Joining accounts", [entry(name, make) for name, make in _joining().items()]),
    ]


def _card(each: UnchattyView) -> Callable[[Translator], Shown]:
    return lambda t: texts.person_page(t, each)


def _joining() -> dict[str, Callable[[Translator], Shown | str]]:
    offer = JoinOffer(15, samples.words().person, [_held()], 12, 2)
    return {
        "join?": lambda t: join_texts.ask_join(t, offer),
        "join?, no role": lambda t: join_texts.ask_join(
            t, replace(offer, memberships=[], tokens=0)
        ),
        "how": join_texts.elsewhere_card,
        "form left": lambda t: code_waits(t, "d•••@gov.example"),
    }


def unchatty_form_sections() -> list[Section]:
    """The steps of the forms."""
    values = {
        "name": samples.words().person,
        "language": "kk",
        "role": "authority",
        "email": _MAIL,
        "ground": samples.words().suspension,
    }
    company = {"bin": "050140000656", "company": samples.words().person, "position": "head"}
    of_company = {**values, **company, "role": "customer", "phone": "+77011234567"}
    steps: dict[str, Callable[[Translator], Html]] = {
        "resume": forms.resume,
        "leave": forms.leave,
        "name": texts.ask_name,
        "language": texts.ask_language,
        "role": texts.ask_role,
        "company": texts.ask_bin,
        "position": texts.ask_position,
        "phone": texts.ask_phone,
        "email": lambda t: texts.ask_email(t, values),
        "email, of a company": lambda t: texts.ask_email(t, of_company),
        "ground": lambda t: texts.ask_ground(t, values),
        "ground, of a company": lambda t: texts.ask_ground(t, of_company),
        "review": lambda t: texts.review(t, values),
        "review, of a company": lambda t: texts.review(t, of_company),
    }
    changes: dict[str, Callable[[Translator], Html]] = {
        "name": texts.ask_name,
        "email": texts.ask_new_email,
        "code": lambda t: texts.ask_code(t, samples.words().person),
    }
    return [
        Section(
            "Form of a person without Telegram",
            [entry(f"UnchattyForm:{name}", _step(step)) for name, step in steps.items()],
        ),
        Section(
            "Changes of a person without Telegram",
            [entry(f"UnchattyChange:{name}", _step(step)) for name, step in changes.items()],
        ),
    ]


def _step(step: Callable[[Translator], Html]) -> Callable[[Translator], Shown]:
    return lambda t: Shown(step(t))
