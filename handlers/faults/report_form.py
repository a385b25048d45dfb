"""The windows of the report of a fault."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from aiogram import Router
from aiogram.fsm.state import State
from aiogram.types import Message
from aiogram_dialog import Dialog, DialogManager, Window
from aiogram_dialog.widgets.kbd import Row

from handlers.context import ctx_of
from handlers.faults import report as act
from handlers.faults.alike import still_first
from handlers.faults.moments import parse_moment
from handlers.faults.report import WALK, ReportForm
from handlers.filters import Pressed
from handlers.forms import PRIMARY, Values, Words, seeded, tell
from handlers.steps import (
    Take,
    acts,
    asks_press,
    asks_text,
    cancel_button,
    expects,
    leave_window,
    picks,
    resume_window,
    sent_file,
)
from handlers.views import faults as texts
from handlers.views.desk_phone import ask_name, ask_phone
from handlers.views.faults_words import moment_unclear
from handlers.views.translator import Html, Translator


def report_forms() -> Router:
    """The form and the press that opens it."""
    router = Router(name="faults-report-forms")
    router.callback_query.register(act.begin, Pressed("fault.report"))
    router.include_router(
        Dialog(
            resume_window(ReportForm.resume),
            _caller_window(ReportForm.caller, ask_name, act.take_caller),
            _caller_window(ReportForm.phone, ask_phone, act.take_phone),
            *_words_windows(),
            *_evidence_windows(),
            leave_window(ReportForm.leave),
            on_start=seeded,
        )
    )
    return router


async def take_found(manager: DialogManager, text: str) -> None:
    """A typed moment; one that cannot be read is answered with an example."""
    ctx = ctx_of(manager)
    found = parse_moment(text, ctx.now)
    if found is None:
        if isinstance(manager.event, Message):
            await tell(manager.event, manager, moment_unclear(ctx.t))
        return
    await act.put_found(manager, found)


# What the windows show


async def _asked(dialog_manager: DialogManager, **_: object) -> Values:
    ctx = ctx_of(dialog_manager)
    return {
        "regime": act.regime_of(dialog_manager),
        "known": act.known_contacts(ctx, dialog_manager.dialog_data),
    }


async def _similar(dialog_manager: DialogManager, **_: object) -> Values:
    ctx = ctx_of(dialog_manager)
    text = str(dialog_manager.dialog_data["text"])
    rows = await ctx.services.incidents.similar(ctx.actor, text)
    return {"rows": still_first(rows, ctx.now)}


async def _review(dialog_manager: DialogManager, **_: object) -> Values:
    data = dialog_manager.dialog_data
    late = await act.is_late(dialog_manager, datetime.fromisoformat(data["found"]))
    return {"regime": act.regime_of(dialog_manager), "late": late}


def _way_out() -> Row:
    return Row(WALK.back_button(), cancel_button())


def _similar_window() -> Window:
    """Known faults that read alike: one tap joins one of them."""
    return asks_press(
        lambda t, data: texts.ask_similar(t, data["rows"]),
        ReportForm.similar,
        picks(
            lambda t, data: t.button("No. {number}", number=data["item"].number),
            "join",
            "rows",
            lambda row: row.number,
            act.join,
            width=4,
        ),
        acts(lambda t, _: t.button("None of these"), "none", act.none_of_these),
        _way_out(),
        getter=_similar,
    )


def _caller_window(state: State, question: Callable[[Translator], Html], take: Take) -> Window:
    """Who phoned: an operator takes the report down for them (366, clause 26)."""
    return asks_text(lambda t, _: question(t), take, state, _way_out())


def _words_windows() -> tuple[Window, ...]:
    return (
        asks_text(
            lambda t, data: texts.ask_text(t, data["regime"]),
            act.take_text,
            ReportForm.text,
            _way_out(),
            getter=_asked,
        ),
        _similar_window(),
        asks_text(
            lambda t, data: texts.ask_found(t, data["regime"]),
            take_found,
            ReportForm.found,
            Row(
                acts(lambda t, _: t.button("Now"), "now", act.NOW),
                acts(lambda t, _: t.button("1 hour ago"), "hour", act.HOUR_AGO),
                acts(lambda t, _: t.button("Yesterday"), "yesterday", act.YESTERDAY),
            ),
            _way_out(),
            getter=_asked,
        ),
        asks_text(
            lambda t, data: texts.ask_contacts(t, data["known"]),
            act.take_contacts,
            ReportForm.contacts,
            acts(lambda t, _: t.button("As registered"), "known", act.known, when="known"),
            _way_out(),
            getter=_asked,
        ),
    )


def _has_files(data: Values, _: object, __: DialogManager) -> bool:
    return bool(data["dialog_data"]["files"])


def _no_files(data: Values, _: object, __: DialogManager) -> bool:
    return not data["dialog_data"]["files"]


def _files_window() -> Window:
    """Screenshots and files, several one after another."""
    return Window(
        Words(lambda t, data: texts.ask_files(t, data["dialog_data"]["files"])),
        sent_file(act.take_file, act.check_evidence),
        expects(lambda t, _: t("This step needs files. Send one, or press a button below.")),
        acts(
            lambda t, _: t.button("Done, go on"),
            "done",
            WALK.on,
            when=_has_files,
            style=PRIMARY,
        ),
        acts(lambda t, _: t.button("Without files"), "skip", WALK.on, when=_no_files),
        acts(lambda t, _: t.button("Remove all files"), "drop", act.drop_files, when=_has_files),
        _way_out(),
        state=ReportForm.files,
    )


def _evidence_windows() -> tuple[Window, ...]:
    return (
        _files_window(),
        asks_press(
            lambda t, data: texts.ask_orders(t, data["dialog_data"]["orders"]),
            ReportForm.orders,
            picks(
                lambda t, data: (
                    ("• " if data["item"] in data["data"]["dialog_data"]["orders"] else "")
                    + t.button("No. {number}", number=data["item"])
                ),
                "order",
                lambda data: data["dialog_data"]["open"],
                lambda number: number,
                act.toggle_order,
                width=4,
            ),
            acts(lambda t, _: t.button("Go on"), "on", WALK.on, style=PRIMARY),
            _way_out(),
        ),
        asks_press(
            lambda t, data: texts.review(t, data["dialog_data"], data["regime"], late=data["late"]),
            ReportForm.review,
            acts(lambda t, _: t.button("Send the report"), "send", act.submit, style=PRIMARY),
            _way_out(),
            getter=_review,
        ),
    )
