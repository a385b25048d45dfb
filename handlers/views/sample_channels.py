"""Made-up addresses of a person, in every state, and the notice that tests one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from domain.channels.views import AddressView, CodeLetter
from domain.notices.views import NoticeView

Notice = Callable[..., NoticeView]

_MAIL, _PHONE, _WHY = "aigul@example.kz", "+77011234567", "550 no such user"


def of_channels(notice: Notice) -> list[tuple[str, NoticeView]]:
    """The test of an address."""
    return [("channel.test", notice("channel.test", channel="email"))]


def _verified(channel: str, address: str, now: datetime) -> AddressView:
    return AddressView(1, 1, channel, "verified", address, None, "none", now, None, None)


def addresses(now: datetime) -> dict[str, list[AddressView]]:
    """What the page of addresses may show."""
    mail, sms = _verified("email", _MAIL, now), _verified("sms", _PHONE, now)
    new = replace(mail, state="unverified", address=None, verified_at=None, wanted=_MAIL)
    return {
        "none": [],
        "in force": [mail, sms],
        "waiting": [replace(new, code="sent"), replace(sms, wanted="+77017654321", code="asked")],
        "code not sent": [replace(new, failed_at=now, last_failure=_WHY)],
        "failing": [
            replace(mail, state="failing", failed_at=now, last_failure=_WHY),
            _verified("other", "slack://a/b/c", now),
        ],
    }


def code_letter(now: datetime, *, chat: bool = True) -> CodeLetter:
    """A code on its way."""
    until = now + timedelta(minutes=30)
    return CodeLetter(1, 1, "email", _MAIL, "ru", chat, "012345", "", until, 1)
