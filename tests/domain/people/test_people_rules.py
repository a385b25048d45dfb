"""The rules of registration as plain functions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import AccessDenied, Conflict, RuleBroken
from domain.people.rules import (
    InvitationFacts,
    check_complete,
    check_invitation,
    check_inviter,
    check_not_last_admin,
    check_status,
    display_name,
    guess_language,
    parse_full_name,
)
from domain.registry.rules import fold, like
from domain.roles import Role

NOW = datetime(2026, 11, 20, 5, tzinfo=UTC)
WHOLE = {
    "consents": {"data", "truth"},
    "phone": "+77015550101",
    "email": "a@example.kz",
    "full_name": "Дана",
    "position": "head",
}


@pytest.mark.parametrize(
    ("code", "language"),
    [("kk", "kk"), ("KK-kz", "kk"), ("ru", "ru"), ("en", "ru"), ("", "ru"), (None, "ru")],
)
def test_the_language_to_begin_with(code: str | None, language: str) -> None:
    assert guess_language(code) == language


@pytest.mark.clause("344-6.1")
@pytest.mark.clause("344-6.2")
@pytest.mark.parametrize(
    ("field", "value", "missing", "clause"),
    [
        ("consents", {"truth"}, "consent_data", "366-6.1"),
        ("consents", {"data"}, "consent_truth", "366-6.2"),
        ("phone", None, "phone", "344-6.1"),
        ("email", " \u200b ", "email", "344-6.1"),
        ("full_name", "\u202e", "full_name", "344-6.2"),
        ("position", "", "position", "344-6.2"),
    ],
)
def test_what_is_missing_is_named_with_its_clause(
    field: str, value: object, missing: str, clause: str
) -> None:
    with pytest.raises(RuleBroken) as refused:
        check_complete(**{**WHOLE, field: value})  # type: ignore[arg-type]  # one field spoiled
    assert (refused.value.params["missing"], refused.value.clause) == ([missing], clause)


def test_a_customers_status_bars_nothing() -> None:
    check_status("bankrupt", Role.CUSTOMER)


def test_an_invitation_ends_at_its_very_instant() -> None:
    facts = InvitationFacts(NOW, None, 1, "supplier")
    check_invitation(facts, 1, NOW - timedelta(microseconds=1))
    with pytest.raises(Conflict, match="invitation_expired"):
        check_invitation(facts, 1, NOW)
    # Used in time by the same person: long after, still no error.
    check_invitation(InvitationFacts(NOW, 1, 1, "supplier"), 1, NOW + timedelta(days=9))


@pytest.mark.clause("366-8")
@pytest.mark.parametrize("role", list(Role))
def test_members_invite_into_their_own_company_and_role_only(role: Role) -> None:
    for actor_role in Role:
        allowed = actor_role is Role.ADMIN or (actor_role is role and role.of_company)
        company = 1 if role.of_company else None
        own = 1 if actor_role.of_company else None
        if allowed:
            check_inviter(actor_role, own, company, role)
        else:
            with pytest.raises(AccessDenied):
                check_inviter(actor_role, own, company, role)
    with pytest.raises(AccessDenied):
        check_inviter(Role.SUPPLIER, 1, 2, Role.SUPPLIER)


def test_the_last_administrator() -> None:
    check_not_last_admin({1, 2}, 1)
    for admins in ({1}, set()):
        with pytest.raises(Conflict):
            check_not_last_admin(admins, 1)


@given(st.text())
def test_any_name_from_telegram_is_taken(name: str) -> None:
    assert len(display_name(name)) <= 200
    assert "\0" not in display_name(name)


@given(st.text())
def test_folding_is_stable_and_a_pattern_is_literal(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    pattern = like(text)[1:-1]
    plain = pattern.replace("\\\\", "").replace("\\%", "").replace("\\_", "")
    assert not set(plain) & set("%_\\")


@pytest.mark.clause("344-6.2")
@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Исаев Руслан", "Исаев Руслан"),
        ("  Әбдіқадыр   Сәуле Жұмабекқызы ", "Әбдіқадыр Сәуле Жұмабекқызы"),
        ("Ли-Кан О\u2019Нил", "Ли-Кан О\u2019Нил"),
        ("Ким А.Б.", "Ким А.Б."),
        ("Ли Н", "Ли Н"),
        ("Дана", "Дана"),
    ],
)
def test_full_names_people_have(typed: str, name: str) -> None:
    assert parse_full_name(typed) == name


@pytest.mark.clause("344-6.2")
@pytest.mark.parametrize(
    "typed",
    ["Р", "Р.", "12345 67", "- -", "😀", "+7 701 111 22 33", "<b>Исаев</b>", "isaev@example.kz"],
)
def test_what_is_no_full_name(typed: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        parse_full_name(typed)
    assert (refused.value.code, refused.value.clause) == ("full_name_format", "344-6.2")


@pytest.mark.clause("344-6.2")
def test_an_application_needs_a_name_too() -> None:
    with pytest.raises(RuleBroken, match="full_name_format"):
        check_complete(**{**WHOLE, "full_name": "Д"})  # type: ignore[arg-type]  # spoiled
