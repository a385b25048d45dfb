"""Ready answers of the desk and who may not write to it, in the private chat."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiogram import Router
from aiogram.filters import Command
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message
from aiogram_dialog import Dialog, DialogManager

from domain.errors import NotFound
from domain.roles import Role
from domain.support.courtesy import ANSWER_LIMIT
from domain.support.texts import TITLE_LIMIT
from domain.support.views import CannedView
from domain.texts import required_text
from handlers.context import Ctx, ctx_of
from handlers.filters import Pressed
from handlers.forms import PRIMARY, finish, go, open_form, seeded
from handlers.ids import number_in
from handlers.reply import show
from handlers.steps import (
    acts,
    asks_press,
    asks_text,
    back_button,
    cancel_button,
    leave_window,
    resume_window,
)
from handlers.support.parts import IN_CHAT, OPERATORS, PRESSED_IN_CHAT
from handlers.support.writing import html_of
from handlers.views import desk_people as texts
from handlers.views.shown import Shown

_LEADS = frozenset({Role.ADMIN})


class AnswerForm(StatesGroup):
    """A ready answer."""

    resume = State()
    leave = State()
    title = State()
    kk = State()
    ru = State()
    review = State()


def answers_router() -> Router:
    """Command and presses."""
    router = Router(name="support-answers")
    router.message.register(open_answers, Command("answers"), IN_CHAT)
    presses: dict[str, Callable[..., Awaitable[None]]] = {
        "desk.answers": open_answers,
        "desk.answers.show": show_answer,
        "desk.answers.sure": ask_removal,
        "desk.answers.remove": remove,
        "desk.muted": open_muted,
        "desk.unmute.person": unmute,
    }
    for name, act in presses.items():
        router.callback_query.register(act, Pressed(name), PRESSED_IN_CHAT)
    return router


def answers_form() -> Router:
    """The form of a new answer and the press that opens it."""
    router = Router(name="support-answers-form")
    router.callback_query.register(begin, Pressed("desk.answers.add"), PRESSED_IN_CHAT)
    router.include_router(answer_dialog())
    return router


async def open_answers(event: Message | CallbackQuery, ctx: Ctx) -> None:
    """All of them by title."""
    answers = await ctx.services.support.canned(ctx.actor)
    await show(event, texts.answers_page(ctx.t, answers, lead=_leads(ctx)))


async def show_answer(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """Both texts of one."""
    answer = await _found(ctx, ids)
    await show(press, texts.answer_card(ctx.t, answer, lead=_leads(ctx)))


async def ask_removal(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """Sure?"""
    ctx.actor.check_role(_LEADS)
    answer = await _found(ctx, ids)
    await show(press, texts.answer_card(ctx.t, answer, lead=True, sure=True))


async def remove(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """No operator can send it any more."""
    await ctx.services.support.remove_canned(ctx.actor, number_in(ids))
    await open_answers(press, ctx)


async def _found(ctx: Ctx, ids: list[str]) -> CannedView:
    wanted = number_in(ids)
    for each in await ctx.services.support.canned(ctx.actor):
        if each.id == wanted:
            return each
    raise NotFound("canned_unknown")


def _leads(ctx: Ctx) -> bool:
    return ctx.actor.role in _LEADS


async def open_muted(press: CallbackQuery, ctx: Ctx) -> None:
    """Who may not write now."""
    ctx.actor.check_role(OPERATORS)
    await show(press, texts.muted_page(ctx.t, await ctx.services.support.muted(ctx.actor)))


async def unmute(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """One of them may write again."""
    await ctx.services.support.unmute(ctx.actor, number_in(ids))
    await open_muted(press, ctx)


# The form


async def begin(press: CallbackQuery, ctx: Ctx, dialog_manager: DialogManager) -> None:
    """Title, both texts, review."""
    ctx.actor.check_role(_LEADS)
    values = {"title": "", "kk": "", "ru": ""}
    await open_form(dialog_manager, "answer", AnswerForm.title, values)


async def take_title(manager: DialogManager, text: str) -> None:
    """By what operators find it."""
    manager.dialog_data["title"] = required_text(text, "title", TITLE_LIMIT)
    await go(manager, AnswerForm.kk)


async def take_kazakh(manager: DialogManager, text: str) -> None:
    """With its formatting."""
    manager.dialog_data["kk"] = _words(manager, text, "text_kk")
    await go(manager, AnswerForm.ru)


async def take_russian(manager: DialogManager, text: str) -> None:
    """With its formatting."""
    manager.dialog_data["ru"] = _words(manager, text, "text_ru")
    await go(manager, AnswerForm.review)


def _words(manager: DialogManager, text: str, name: str) -> str:
    event = manager.event
    said = html_of(event) if isinstance(event, Message) else text
    return required_text(said, name, ANSWER_LIMIT)


async def keep(manager: DialogManager) -> None:
    """Operators may send it from now on."""
    ctx, data = ctx_of(manager), manager.dialog_data
    made = await ctx.services.support.add_canned(
        ctx.actor, str(data["title"]), str(data["kk"]), str(data["ru"])
    )
    answers = await ctx.services.support.canned(ctx.actor)
    done = Shown(texts.answer_kept(ctx.t, made.title))
    await finish(manager, done, texts.answers_page(ctx.t, answers, lead=_leads(ctx)))


def answer_dialog() -> Dialog:
    """Title, Kazakh, Russian, review."""
    return Dialog(
        resume_window(AnswerForm.resume),
        asks_text(lambda t, _: texts.ask_title(t), take_title, AnswerForm.title, cancel_button()),
        asks_text(
            lambda t, _: texts.ask_kazakh(t),
            take_kazakh,
            AnswerForm.kk,
            back_button(AnswerForm.title),
            cancel_button(),
        ),
        asks_text(
            lambda t, _: texts.ask_russian(t),
            take_russian,
            AnswerForm.ru,
            back_button(AnswerForm.kk),
            cancel_button(),
        ),
        asks_press(
            lambda t, data: texts.review_answer(t, data["dialog_data"]),
            AnswerForm.review,
            acts(lambda t, _: t.button("Keep"), "keep", keep, style=PRIMARY),
            back_button(AnswerForm.ru),
            cancel_button(),
        ),
        leave_window(AnswerForm.leave),
        on_start=seeded,
    )
