"""Sections of the gallery for the steps of forms, each by the name of its state."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from handlers.views import deciding, forms, goods_lists, invitations, registration, samples, volumes
from handlers.views import order_questions as order
from handlers.views import sample_forms as content
from handlers.views import working_days as days
from handlers.views.admin import QUESTIONS
from handlers.views.awards import ask_reason, ask_refusal
from handlers.views.contracts import ask_day, ask_file, ask_number, contract_review
from handlers.views.customer import attach_question, attached_text
from handlers.views.desk_private import ACTS, ask_words, review_words
from handlers.views.desk_reports import ask_period
from handlers.views.gallery import Section, entry
from handlers.views.gallery_addresses import address_form_sections
from handlers.views.gallery_broadcasts import broadcast_form_sections
from handlers.views.gallery_desk import answer_form_sections
from handlers.views.gallery_duty import duty_form_sections
from handlers.views.gallery_faults import fault_form_sections
from handlers.views.gallery_phone import phone_form_sections
from handlers.views.gallery_preferences import preference_form_sections
from handlers.views.gallery_recordings import recording_form_sections
from handlers.views.gallery_unchatty import unchatty_form_sections
from handlers.views.offer_draft import STEPS
from handlers.views.offer_form import fields, leave, question, resume, review
from handlers.views.order_form import goods_so_far, order_review, split_question
from handlers.views.parts import name_of
from handlers.views.sample_forms import Values
from handlers.views.shown import Shown
from handlers.views.translator import Html, Translator

Steps = dict[str, Callable[[Translator], Html]]


def form_sections() -> list[Section]:
    """Every step of every form."""
    return [
        _section("Form of an order", "OrderForm", {**_order_steps(), **_shared()}),
        _section("Files of a draft", "AttachForm", _attach_steps()),
        _section("Form of a goods list", "GoodsForm", _goods_steps()),
        _section("Form of a price offer", "OfferForm", _offer_steps()),
        _section("Not this time", "DeclineForm", _decline_steps()),
        _section("Refusal of an order", "RefuseForm", _refuse_steps()),
        _section("Form of a selection", "SelectionForm", {**_selection_steps(), **_shared()}),
        _section("Form of a contract", "ContractForm", {**_contract_steps(), **_shared()}),
        _section(
            "Form of registration", "RegistrationForm", {**_registration_steps(), **_shared()}
        ),
        _section("Form of a decision", "DecisionForm", {**_decision_steps(), **_shared()}),
        _section("Form of the desk", "DeskForm", {**_desk_steps(), **_shared()}),
        _section("Reports of the desk", "PeriodForm", {"period": ask_period}),
        *answer_form_sections(),
        _section("Search", "FindForm", _find_steps()),
        _section("Form of a working day", "CalendarForm", {**_calendar_steps(), **_shared()}),
        *fault_form_sections(),
        *recording_form_sections(),
        *phone_form_sections(),
        *broadcast_form_sections(),
        *address_form_sections(),
        *unchatty_form_sections(),
        *duty_form_sections(),
        *preference_form_sections(),
    ]


def _section(title: str, form: str, steps: Steps) -> Section:
    return Section(title, [entry(f"{form}:{name}", _shown(step)) for name, step in steps.items()])


def _shown(step: Callable[[Translator], Html]) -> Callable[[Translator], Shown]:
    return lambda t: Shown(step(t))


def _shared() -> Steps:
    return {"resume": forms.resume, "leave": forms.leave}


def _order_steps() -> Steps:
    values, lists, needs = content.order_values(), [content.goods_list()], content.needs()
    lines = {step: _line_step(step) for step in order.LINE_STEPS}
    delivery = {step: _delivery_step(step) for step in order.DELIVERY_STEPS}
    return {
        "upload": order.upload_question,
        "lists": lambda t: goods_lists.lists_text(t, lists),
        "lists, none": lambda t: goods_lists.lists_text(t, []),
        "items": lambda t: goods_lists.which_need(t, needs),
        **lines,
        "goods": lambda t: goods_so_far(t, values["lines"]),
        "goods, none": lambda t: goods_so_far(t, []),
        **delivery,
        "files": lambda t: order.files_question(t, values),
        "review": lambda t: order_review(t, values),
        "review, beyond the need": lambda t: order_review(t, values, [content.excess()]),
        "quantity, from a goods list": lambda t: order.line_question(
            t, values, "quantity", content.need()
        ),
        "split": lambda t: split_question(t, content.baskets()),
    }


def _line_step(step: str) -> Callable[[Translator], Html]:
    return lambda t: order.line_question(t, content.order_values(), step)


def _delivery_step(step: str) -> Callable[[Translator], Html]:
    return lambda t: order.delivery_question(t, content.order_values(), step)


def _attach_steps() -> Steps:
    return {
        "file": lambda t: attach_question(t, samples.ORDER),
        "file, attached": lambda t: attached_text(t, samples.ORDER, "drawing.pdf"),
    }


def _goods_steps() -> Steps:
    project = content.goods_list()
    read = {"code": project.project_code, "name": project.project_name, "items": project.items}
    return {
        "file": goods_lists.upload_question,
        "review": lambda t: goods_lists.upload_review(t, [read]),
    }


def _offer_steps() -> Steps:
    card, late = samples.order_card(mine=True), samples.order_card("choosing", mine=True)
    draft = content.offer_draft()
    questions = {step: _offer_step(step) for step in STEPS}
    return {
        "resume": lambda t: resume(t, card),
        **questions,
        "review": lambda t: review(t, card, draft),
        "review, late": lambda t: review(t, late, draft),
        "fields": lambda t: fields(t, card, draft),
        "leave": lambda t: leave(t, draft),
    }


def _offer_step(step: str) -> Callable[[Translator], Html]:
    card, draft = samples.order_card(mine=True), content.offer_draft()
    return lambda t: question(t, card, draft, step)


def _decline_steps() -> Steps:
    return {"reason": lambda t: invitations.decline_question(t, samples.ORDER)}


def _refuse_steps() -> Steps:
    about = {"number": samples.ORDER, "line": 1, "reason": samples.words().refusal}
    return {"reason": lambda t: ask_reason(t, about), "sure": lambda t: ask_refusal(t, about)}


def _selection_steps() -> Steps:
    board = content.board()
    line, chosen = board.lines[0], {1: {samples.words().supplier.bin: Decimal(800)}}
    offer, picks = line.offers[0], chosen[1]
    return {
        "lines": lambda t: volumes.lines_text(t, board, chosen),
        "line": lambda t: volumes.line_text(t, line, picks),
        "volume": lambda t: volumes.volume_text(t, line, offer, picks),
        "details": lambda t: volumes.offer_text(t, line, offer),
        "review": lambda t: volumes.review_text(t, board, chosen),
        "review, nothing": lambda t: volumes.review_text(t, board, {}),
    }


def _contract_steps() -> Steps:
    contract = samples.contract("proposed")
    number, day = contract.contract_number, contract.signed_on
    return {
        "number": lambda t: ask_number(t, samples.ORDER, name_of(t, contract.supplier)),
        "day": ask_day,
        "file": ask_file,
        "review": lambda t: contract_review(
            t, samples.ORDER, name_of(t, contract.supplier), number, day, None
        ),
    }


def _registration_steps() -> Steps:
    values = content.registration()
    return {
        "role": registration.ask_role,
        "number": registration.ask_company,
        "company": lambda t: registration.company(t, values),
        "position": registration.ask_position,
        "name": lambda t: registration.ask_name(t, samples.words().person),
        "email": lambda t: registration.ask_email(t, "name@company.kz"),
        "review": lambda t: registration.review(t, values, "+7 701 ••• •• 67"),
    }


def _desk_steps() -> Steps:
    questions = {f"words, {act}": _desk_step(ask_words, act) for act in ACTS}
    reviews = {f"review, {act}": _desk_step(review_words, act) for act in ACTS}
    return {**questions, **reviews}


def _desk_step(
    view: Callable[[Translator, Values], Html], act: str
) -> Callable[[Translator], Html]:
    return lambda t: view(t, content.desk_words(act))


def _decision_steps() -> Steps:
    grant = content.decision("grant")
    reviews = {f"review, {act}": _decision_review(act) for act in QUESTIONS}
    return {
        "company": lambda t: deciding.decision_company(t, grant),
        "ground": lambda t: deciding.decision_ground(t, grant),
        **reviews,
    }


def _decision_review(act: str) -> Callable[[Translator], Html]:
    return lambda t: deciding.decision_review(t, content.decision(act))


def _find_steps() -> Steps:
    return {
        "person": deciding.ask_person,
        "company": deciding.ask_company,
        "invited": deciding.ask_invited,
    }


def _calendar_steps() -> Steps:
    day = samples.NOW.date()
    calendar, moved = samples.calendar(), content.moves()
    texts = {step: _calendar_step(step) for step in ("name_kk", "name_ru", "basis")}
    withdrawal = content.day_change(withdrawn=True)
    return {
        "day": lambda t: days.day_question(t, day),
        "kind": lambda t: days.kind_question(t, calendar, day),
        **texts,
        "preview": lambda t: days.preview(t, content.day_change(), moved, 0),
        "preview, withdrawn": lambda t: days.preview(t, withdrawal, [], 0),
    }


def _calendar_step(step: str) -> Callable[[Translator], Html]:
    return lambda t: days.ask_words(t, step)
