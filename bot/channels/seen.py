"""The link by which the reader of a letter says that they have seen its notice.

The address holds the number of the notice and a mark that nobody else can make; it gives no other
right. What follows links before people do (filters of mail) changes nothing by it: only the
button of the page does.
"""

from __future__ import annotations

import base64
import hashlib
import hmac

from domain.notices.views import NoticeView
from handlers.views.notices import asks_to_be_seen

PATH = "/seen"
_NUMBER = 8
_MARK = 18


class SeenLinks:
    """Makes and reads links; every process of an installation makes the same ones.

    ``base``: where people find us from outside; ``secret``: the bot's token, of which the key is
    derived. A new token of the bot ends the links of old letters.
    """

    def __init__(self, base: str, secret: str) -> None:
        self._base = base
        self._key = hmac.digest(secret.encode(), b"seen notices", hashlib.sha256)

    def of(self, notice: NoticeView) -> str:
        """The address for a notice; empty where nothing is asked of its reader."""
        if not asks_to_be_seen(notice):
            return ""
        number = notice.number.to_bytes(_NUMBER, "big")
        token = base64.urlsafe_b64encode(number + self._mark(number)).decode().rstrip("=")
        return f"{self._base}{PATH}/{token}"

    def number_in(self, token: str) -> int | None:
        """The number of the notice; None for what we have not made."""
        try:
            made = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        except ValueError:
            return None
        number, mark = made[:_NUMBER], made[_NUMBER:]
        if not hmac.compare_digest(mark, self._mark(number)):
            return None
        return int.from_bytes(number, "big")

    def _mark(self, number: bytes) -> bytes:
        return hmac.digest(self._key, number, hashlib.sha256)[:_MARK]
