"""Letters to support that a mail provider brings (act 366, clauses 19.3 and 19.4)."""

from __future__ import annotations

from typing import Literal

from aiohttp import web
from pydantic import Field

from bot.mail.intake import MAX_LETTER_BYTES, MailIntake
from bot.web.api.answers import Answer
from bot.web.api.models import UploadIn
from bot.web.api.routing import Call, Group

routes = Group("tickets")

MAIL = web.AppKey("mail_intake", MailIntake)


class LetterIn(UploadIn):
    """A letter as it came over the wire (RFC 822), of at most 25 MB."""


class LetterOut(Answer):
    """What became of a letter."""

    outcome: Literal["opened", "continued", "noted", "dropped"] = Field(
        description="`noted` and `dropped` are letters of machines."
    )
    number: int | None = Field(description="The request; null when the letter was dropped.")


@routes.post("/mail", LetterIn, LetterOut, status=201, upload=True, limit=MAX_LETTER_BYTES)
async def take_letter(call: Call, body: LetterIn) -> LetterOut:
    """Take a letter into its request, or open one; the same `Message-ID` again is the same letter.

    Whoever it is from is answered by e-mail.
    """
    took = await call.request.app[MAIL].take(body.file)
    return LetterOut(outcome=took.outcome, number=took.number)
