"""The doors of the demo's panel of notices: whereabouts, chains, mailbox, webhooks, switches."""

from __future__ import annotations

import json
from dataclasses import asdict

from aiohttp import web
from sqlalchemy import select

from bot.sandbox.demo.hooks import HOOK, Receiver
from bot.sandbox.demo.mailbox import Letter, Mailbox
from bot.sandbox.demo.whereabouts import Whereabouts
from domain.channels.model import ContactAddress
from domain.people.model import Person
from domain.services import Services
from handlers.context import locale_of
from handlers.views.translator import translator

#: Where the demo's gateway brings short messages.
SMS = "/demo/sms"
_SHOWN = 30

# A letter is shown within the page as a mail program would: it can neither run nor lead anywhere.
_LETTER_HEADERS = {
    "Content-Security-Policy": (
        "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"
    ),
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


def add_hub_routes(
    app: web.Application, services: Services, mailbox: Mailbox, receiver: Receiver
) -> None:
    """``/demo/hub``, ``/demo/mail/N/html``, and the doors of the gateway and of webhooks."""
    whereabouts = Whereabouts(services)

    async def hub(request: web.Request) -> web.Response:
        language = request.query.get("lang", "")
        t = translator(locale_of(language) if language != "en" else "en")
        person = request.query.get("person", "")
        only = int(person) if person.isascii() and person.isdigit() else None
        owners = await _owners(services)
        return web.json_response(
            {
                "notices": await whereabouts.notices(t, only),
                "chains": await whereabouts.chains(t),
                "letters": [_line(each, owners) for each in mailbox.letters[-_SHOWN:]],
                "hooks": [asdict(each) for each in receiver.hooks],
            }
        )

    async def letter_html(request: web.Request) -> web.Response:
        letter = mailbox.one(int(request.match_info["number"]))
        if letter is None or not letter.html:
            raise web.HTTPNotFound
        return web.Response(text=letter.html, content_type="text/html", headers=_LETTER_HEADERS)

    async def sms(request: web.Request) -> web.Response:
        try:
            text = str(json.loads(await request.read())["message"])
        except (ValueError, TypeError, KeyError):
            return web.json_response({"error": 'Send {"message": "..."}.'}, status=400)
        number = request.match_info["to"].strip().removeprefix("+")
        await mailbox.put_sms(f"+{number}", text)
        return web.Response(status=204)

    app.router.add_get("/demo/hub", hub)
    app.router.add_get(r"/demo/mail/{number:\d{1,9}}/html", letter_html)
    app.router.add_post(SMS + "/{to}", sms)
    app.router.add_post(HOOK, receiver.take)


def _line(letter: Letter, owners: dict[str, int]) -> dict[str, object]:
    """A letter for the list; its HTML is asked for by itself."""
    shown = asdict(letter)
    shown["html"] = bool(letter.html)
    return {**shown, "person": owners.get(letter.to)}


async def _owners(services: Services) -> dict[str, int]:
    """Whose an address is, by Telegram ids; ``wanted`` ones, too: they get the codes."""
    async with services.site.sessions() as session:
        rows = await session.execute(
            select(ContactAddress.address, ContactAddress.wanted, Person.telegram_id).join(
                Person, Person.id == ContactAddress.person_id
            )
        )
        found: dict[str, int] = {}
        for address, wanted, telegram_id in rows:
            if telegram_id is not None:
                found |= {each: telegram_id for each in (address, wanted) if each}
    return found
