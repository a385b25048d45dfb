"""Notices outside the chat: a letter with a subject, plain and as HTML, and a short message.

The words are those of the notice in the chat, so that nobody reads two versions of one matter.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from domain.channels.views import CodeLetter
from domain.notices.views import NoticeView
from handlers.views import format as fmt
from handlers.views.notices import render, title
from handlers.views.notices.facts import Facts
from handlers.views.translator import Html, Translator, escape, join, plain

#: Characters (UTF-16 units) of two parts of an SMS in letters that are not Latin.
SMS_LIMIT = 134
_SUBJECT = 150
_LINK = re.compile(r"<a\s[^<>]*?href=\"([^\"<>]*)\"[^<>]*>(.*?)</a>", re.DOTALL)
_TAG = re.compile(r"<(/?)([a-z-]+)[^<>]*>")
# What is the same to a reader of mail as in the chat; of others only what they hold is kept.
_KEPT = frozenset({"b", "strong", "i", "em", "u", "ins", "s", "del", "code", "pre", "blockquote"})


@dataclass(frozen=True)
class Told:
    """What goes out: ``short`` where only a line or two fit."""

    subject: str
    text: str
    html: str
    short: str


def in_letter(
    t: Translator,
    notice: NoticeView,
    now: datetime,
    link: str,
    *,
    chat: bool = True,
    seen: str = "",
) -> Told:
    """A notice; ``link`` leads back to it in the chat (empty: not known now).

    ``chat``: whether the reader has one. ``seen``: where they say that they have seen it, if
    that is asked.
    """
    head = " ".join(plain(title(t, notice)).split())
    # The body is said by ``render`` with its number at the end.
    body = render(t, notice, now).text
    if notice.repeated:
        body = join([body, t("This may have reached you already.")], "\n\n")
    ways = _ways(t, link, chat=chat)
    if seen:
        ways = [t("Say that you have seen it: {link}", link=seen), *ways]
    number = notice.shown_number
    subject = _cut(head, _SUBJECT) + f" (№ {number})"
    return Told(
        subject,
        _plain(join([body, *ways], "\n\n")) + "\n",
        page(t, subject, body, ways, link if chat else "", seen),
        _short(t, notice, now, head, link if chat else ""),
    )


def _ways(t: Translator, link: str, *, chat: bool) -> list[Html]:
    if not chat:
        return [
            t(
                "You are served without Telegram. What asks for an answer of yours is answered "
                "through the API by the system of your organisation, or by support: answer this "
                "letter."
            )
        ]
    opens = t("Open in Telegram: {link}", link=link) if link else escape("")
    changed = t("Addresses are changed in Telegram: “My account”, then “E-mail, SMS”.")
    return [opens, changed]


def code_letter(t: Translator, letter: CodeLetter) -> Told:
    """The code that proves an address."""
    until = fmt.moment(t, letter.expires_at)
    head = plain(t("Your code for Tapsyrys"))
    if letter.chat:
        how = t("Type it in the chat with the bot, where you gave this address.")
    else:
        how = t("Tell it to the administrator of the platform who registered you.")
    spared = t("If you gave no address to Tapsyrys, do nothing: nothing will be sent to you.")
    said = t("The code: {code}", code=letter.code)
    body = join([said, t("It is valid until {until}.", until=until), how, spared], "\n\n")
    short = t("Tapsyrys, your code: {code}. Type it in the chat.", code=letter.code)
    return Told(head, _plain(body) + "\n", page(t, head, body, [], ""), plain(short))


def trial_letter(t: Translator) -> Told:
    """What the operator sends to see whether a gateway works."""
    head = plain(t("A test message from Tapsyrys"))
    body = t("It has arrived: notices that cannot be brought to you in Telegram come here.")
    return Told(head, _plain(body) + "\n", page(t, head, body, [], ""), head)


def page(
    t: Translator, subject: str, body: Html, ways: list[Html], link: str, seen: str = ""
) -> str:
    """The letter as HTML: nothing in it is fetched from anywhere, and nothing tells who reads."""
    button = _button(seen, t.button("I have seen it")) if seen else ""
    button += _button(link, t.button("Open in Telegram")) if link else ""
    foot = "".join(f'<p style="color:#555;font-size:13px">{_mail(way)}</p>' for way in ways if way)
    return (
        f'<!doctype html>\n<html lang="{t.locale}"><head><meta charset="utf-8">'
        f"<title>{escape(subject)}</title></head>\n"
        '<body style="margin:0;padding:24px;font:16px/1.5 sans-serif;color:#1a1a1a">'
        f'<div style="max-width:38em">\n{_mail(body)}\n{button}{foot}</div></body></html>\n'
    )


def _button(link: str, label: str) -> str:
    return (
        f'<p><a href="{escape(link)}" style="display:inline-block;padding:10px 18px;'
        f"background:#1d5fa8;color:#fff;text-decoration:none;border-radius:6px"
        f'">{escape(label)}</a></p>'
    )


def _mail(text: Html) -> str:
    """A text of the chat as mail shows it: Telegram's own marks and lines are none of HTML's."""

    def tag(found: re.Match[str]) -> str:
        closes, name = found[1], found[2]
        if name == "a":
            return found[0]
        return f"<{closes}{name}>" if name in _KEPT else ""

    return _TAG.sub(tag, text).replace("\n", "<br>\n")


def _plain(text: Html) -> str:
    """Without markup; where a link does not show its address, it follows in brackets."""
    return plain(Html(_LINK.sub(lambda f: f[2] if f[1] in f[2] else f"{f[2]} ({f[1]})", text)))


def _short(t: Translator, notice: NoticeView, now: datetime, head: str, link: str) -> str:
    """Number, what, until when, and the way: in two parts of an SMS."""
    due_at = Facts(notice, now).at("due_at")
    until = plain(t("until {when}", when=fmt.deadline(t, due_at))) if due_at else ""
    address = link.removeprefix("https://")
    begin = f"№ {notice.shown_number}: "
    for tail in (". ".join(filter(None, (until, address))), address, until, ""):
        room = SMS_LIMIT - _units(begin) - _units(f". {tail}" if tail else "")
        if room >= min(_ROOM, _units(head)):
            return begin + _cut_units(head, room) + (f". {tail}" if tail else "")
    raise AssertionError("unreachable: an empty tail leaves room")


_ROOM = 24


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _cut_units(text: str, room: int) -> str:
    if _units(text) <= room:
        return text
    kept = text
    while _units(kept) > room - 1:
        kept = kept[:-1]
    return kept.rstrip(" .,;:") + "…"


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"
