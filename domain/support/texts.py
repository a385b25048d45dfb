"""Texts of tickets: HTML that Telegram takes, its plain words, and what a ticket is found by."""

from __future__ import annotations

import html
import re
from typing import Literal

from domain.errors import RuleBroken
from domain.registry.rules import fold
from domain.texts import clean_text

#: Characters of HTML; Telegram's own limit is 4096 plain ones, an e-mail may be longer.
TEXT_LIMIT = 16_000
SUBJECT_LIMIT = 120
WORD_LIMIT = 1_000
TITLE_LIMIT = 80
GROUND_LIMIT = 1_000

_TAG = re.compile(r"<[^<>]*>")
_WORD = re.compile(r"\w+")
_CYRILLIC_WORD = re.compile("[\u0400-\u04ff]+")
# Letters that Kazakh has and Russian has not.
_KAZAKH = re.compile("[\u04d9\u0493\u049b\u04a3\u04e9\u04b1\u04af\u04bb\u0456]", re.IGNORECASE)
# Of Kazakh words more than half have one; in a Russian letter only names do.
_KAZAKH_SHARE = 0.2
_SUBJECT_SHOWN = 60
# Nobody searches for the thousandth word of a long letter.
_WORDS_KEPT = 2_000
_WORD_LENGTH = 64


def escaped(text: str) -> str:
    """Plain text as HTML."""
    return html.escape(text, quote=False)


def plain(text: str) -> str:
    """The words of HTML."""
    return html.unescape(_TAG.sub("", text))


def language_of(text: str) -> Literal["kk", "ru"]:
    """In which language somebody writes, by the letters; Russian where they do not tell."""
    words = _CYRILLIC_WORD.findall(text)
    kazakh = sum(1 for word in words if _KAZAKH.search(word))
    return "kk" if words and kazakh >= _KAZAKH_SHARE * len(words) else "ru"


def message_text(text: str, *, files: int) -> str:
    """The text of a message, tidied; RuleBroken ``message_empty`` without text and files."""
    tidy = clean_text(text, "message", TEXT_LIMIT)
    if not plain(tidy).strip():
        tidy = ""
    if not tidy and not files:
        raise RuleBroken("message_empty")
    return tidy


def subject_of(text: str) -> str:
    """A subject from what was written: the first line; empty for a voice."""
    first = next(iter(plain(text).strip().splitlines()), "")
    line = " ".join(first.split())
    return line if len(line) <= _SUBJECT_SHOWN else line[: _SUBJECT_SHOWN - 1].rstrip() + "…"


def search_words(*texts: str) -> list[str]:
    """Words to be found by, folded: case and Kazakh letters levelled, no punctuation."""
    found = (word[:_WORD_LENGTH] for text in texts for word in _WORD.findall(fold(plain(text))))
    return list(dict.fromkeys(found))[:_WORDS_KEPT]


def search_query(text: str) -> str:
    """A query of PostgreSQL for tickets in which every word begins a word; empty for none."""
    words = dict.fromkeys(word[:_WORD_LENGTH] for word in _WORD.findall(fold(text)))
    return " & ".join(f"'{word}':*" for word in list(words)[:10])
