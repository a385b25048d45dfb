"""Questions put into a topic: what is written in reply to the newest of an operator is its answer.

An app shows the bar of a question until something is sent, so an older one may still be replied
to when a newer one was asked meanwhile: its answer would do what nobody wants any more.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, ForceReply, Message

from handlers.context import Ctx
from handlers.support.parts import GROUPS, OPERATORS, words_of
from handlers.views.desk_choices import with_cancel
from handlers.views.translator import LOCALES, Html, Translator, join, translator

#: Of a person in a group: what the desk remembers of them.
MEMORY = "desk"
_ASKED = "asked"
# Topics of which the newest question is remembered.
_MOST = 20


async def ask(
    press: CallbackQuery,
    ctx: Ctx,
    state: FSMContext,
    question: Callable[[Translator, int], Html],
    number: int,
    *,
    cancels: bool = True,
) -> None:
    """Put a question into the topic; those that the same operator was asked before are void."""
    ctx.actor.check_role(OPERATORS)
    await press.answer()
    t, _ = await words_of(press, ctx)
    message = press.message
    if not isinstance(message, Message) or message.chat.type not in GROUPS:
        return
    asked = question(t, number)
    # An inline button cannot stand beside the bar of a reply: the word does instead. The bar
    # shows to whom the text mentions, and to nobody else.
    asked = with_cancel(t, asked) if cancels else asked
    mention = Html(press.from_user.mention_html())
    sent = await message.answer(
        join([asked, mention], "\n\n"), reply_markup=ForceReply(selective=True)
    )
    memory = (await state.get_data()).get(MEMORY) or {}
    newest = {**(memory.get(_ASKED) or {}), str(message.message_thread_id): sent.message_id}
    kept = dict(list(newest.items())[-_MOST:])
    await state.update_data({MEMORY: {**memory, _ASKED: kept}})


def is_void(memory: Mapping[str, Any], message: Message) -> bool:
    """Whether the question that a message replies to was followed by a newer one."""
    asked = message.reply_to_message
    newest = (memory.get(_ASKED) or {}).get(str(message.message_thread_id), 0)
    return asked is not None and asked.message_id < newest


def is_cancel(message: Message) -> bool:
    """Whether the words give a question up, in any language."""
    return (message.text or "").strip(" .!\n").casefold() in _cancel_words()


@cache
def _cancel_words() -> frozenset[str]:
    words = (translator(locale).button("Cancel") for locale in LOCALES)
    return frozenset({"cancel", *(word.casefold() for word in words)})
