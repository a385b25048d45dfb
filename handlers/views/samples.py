"""Made-up people, companies, orders, refusals and notices, to show every text with.

The words in Kazakh and Russian stand in ``samples.json``. Nobody of that name or number exists.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from importlib.resources import files

from pydantic import TypeAdapter

from domain.calendar import Receipt, WorkingCalendar
from domain.clock import ASTANA
from domain.deadlines import DeadlineView
from domain.law import CONFIRMATION, CONTRACT, OFFER_WINDOW, RESELECTION, SELECTION, Period
from domain.notices.views import NoticeView
from domain.orders.views import AwardView, ContractView, LineView, Mine, OrderCard, Party
from domain.terms import DayOverride, Term
from handlers.views.sample_broadcasts import of_broadcasts
from handlers.views.sample_channels import of_channels
from handlers.views.sample_duty import of_duty
from handlers.views.sample_incidents import Fault, of_incidents
from handlers.views.sample_operations import of_operations
from handlers.views.sample_preferences import of_preferences
from handlers.views.sample_recordings import of_recordings
from handlers.views.sample_support import of_support
from handlers.views.sample_webhooks import of_webhooks


@dataclass(frozen=True)
class Company:
    """A company of the samples."""

    bin: str
    name_kk: str
    name_ru: str


@dataclass(frozen=True)
class Good:
    """A line of the sample order."""

    name_kk: str
    name_ru: str
    code: str
    quantity: str
    unit: str
    allocated_sum: str
    characteristics: str


@dataclass(frozen=True)
class DayOff:
    """A decision on one day."""

    name_kk: str
    name_ru: str
    basis: str


@dataclass(frozen=True)
class Words:
    """The file of samples."""

    person: str
    customer: Company
    supplier: Company
    rival: Company
    goods: list[Good]
    delivery_place: str
    delivery_terms: str
    refusal: str
    ground: str
    appointment: str
    resumed: str
    suspension: str
    contract_number: str
    question: str
    answer: str
    day_off: DayOff
    fault: Fault
    clauses: dict[str, str]


@cache
def words() -> Words:
    """Names and texts in Kazakh and Russian."""
    text = files("handlers.views").joinpath("samples.json").read_text("utf-8")
    return TypeAdapter(Words).validate_json(text)


ORDER = 15
STARTED = datetime(2026, 11, 20, 15, 4, 5, tzinfo=ASTANA).astimezone(UTC)
NOW = STARTED + timedelta(hours=20)
_AWARD, _CONTRACT, _OFFER, _APPLICATION = 31, 8, 27, 5


@cache
def calendar() -> WorkingCalendar:
    """The working calendar with one decision of the administrators in it."""
    off = words().day_off
    day = datetime(2026, 11, 24, tzinfo=ASTANA).date()
    return WorkingCalendar(
        [DayOverride(day, False, off.name_kk, off.name_ru, off.basis)], "kz0.108+sample"
    )


def counted(term: str) -> Receipt:
    """The receipt of a term that begins at ``STARTED``."""
    return calendar().due(STARTED, Term.parse(term))


def deadline(
    period: Period, *, kind: str = "", award: int = 0, state: str = "open"
) -> DeadlineView:
    """A deadline of the sample order, or of its award."""
    receipt = calendar().due(STARTED, period.term)
    return DeadlineView(
        kind=kind or period.name,
        subject=f"award:{award}" if award else f"order:{ORDER}",
        generation=1,
        started_at=STARTED,
        due_at=receipt.due_at,
        term=str(period.term),
        clause=period.clause,
        state=state,
        receipt={**receipt.as_json()},
        calendar_version=receipt.calendar_version,
    )


def deadlines() -> list[DeadlineView]:
    """One deadline of each kind."""
    return [
        deadline(OFFER_WINDOW),
        deadline(SELECTION),
        deadline(RESELECTION, kind=SELECTION.name),
        deadline(CONFIRMATION, award=_AWARD),
        deadline(CONTRACT, award=_AWARD),
    ]


def party(company: Company) -> Party:
    """A company as it is shown."""
    return Party(company.bin, company.name_ru, company.name_kk)


def order_card(
    state: str = "collecting", *, mine: bool = False, published: bool = True
) -> OrderCard:
    """The sample order in a state; ``mine``: as an invited supplier with an offer sees it."""
    sample = words()
    closed = published and state != "collecting"
    lines = [
        LineView(
            line=number,
            name_ru=good.name_ru,
            name_kk=good.name_kk,
            code=good.code,
            agsk3="",
            quantity=Decimal(good.quantity),
            unit=good.unit,
            allocated_sum=Decimal(good.allocated_sum),
            characteristics=good.characteristics,
            goods_list_item_id=None,
            outside_quantity=Decimal(good.quantity) if state == "failed" else Decimal(0),
        )
        for number, good in enumerate(sample.goods, start=1)
    ]
    return OrderCard(
        number=ORDER,
        state=state,
        revision=3,
        customer=party(sample.customer),
        delivery_place=sample.delivery_place,
        delivery_terms=sample.delivery_terms,
        delivery_days=90,
        created_at=STARTED - timedelta(hours=3),
        published_at=STARTED if published else None,
        offers_due_at=deadline(OFFER_WINDOW).due_at if published else None,
        closed_at=deadline(OFFER_WINDOW).due_at if closed else None,
        finished_at=NOW if state in ("done", "failed") else None,
        failure_ground="15.2" if state == "failed" else None,
        lines=lines,
        deadlines=deadlines() if published else [],
        invited=7 if published else 0,
        offers=4 if closed else None,
        awards=[award("confirmed"), award(None)] if state in ("confirming", "contracting") else [],
        contracts=[contract("concluded")] if state == "done" else [],
        protocol_version=2 if closed and state != "choosing" else 0,
        files=[],
        mine=Mine(True, (1, 2), False, _OFFER, 3, "submitted") if mine else None,
        signed=False,
        now=NOW,
    )


def award(outcome: str | None) -> AwardView:
    """An award of the sample order: waiting (None), confirmed, refused or lapsed."""
    states = {None: "pending", "confirmed": "active"}
    return AwardView(
        id=_AWARD,
        order_number=ORDER,
        supplier=party(words().supplier),
        line=1,
        quantity=Decimal("800"),
        price=Decimal("1984000.00"),
        state=states.get(outcome, "unsuccessful"),
        outcome=outcome,
        reason=words().refusal if outcome == "refused" else None,
        selected_at=STARTED,
        due_at=deadline(CONFIRMATION, award=_AWARD).due_at,
        decided_at=NOW if outcome else None,
        contract_number=None,
    )


def selection() -> list[AwardView]:
    """All lines of the sample order, given to one supplier: one refused, the others waiting."""
    lines = [replace(award(None), id=_AWARD + at, line=at + 1) for at in range(len(words().goods))]
    return [replace(award("refused"), id=_AWARD), *lines[1:]]


def contract(state: str) -> ContractView:
    """A contract of the sample order: proposed, concluded or withdrawn."""
    return ContractView(
        id=_CONTRACT,
        order_number=ORDER,
        supplier=party(words().supplier),
        contract_number=words().contract_number,
        signed_on=NOW.date(),
        state=state,
        entered_by_side="customer",
        entered_at=NOW,
        agreed_at=NOW if state == "concluded" else None,
        sum=Decimal("1984000.00"),
    )


def notice(kind: str, **params: object) -> NoticeView:
    """A notice with these parameters, as they stand in the database."""
    return NoticeView(
        number=123,
        person_id=1,
        kind=kind,
        subject=f"order:{ORDER}",
        params=TypeAdapter(dict[str, object]).dump_python(params, mode="json"),
        created_at=STARTED,
        state="queued",
        sent_at=None,
        read_at=None,
        attempts=0,
    )


def notices() -> list[tuple[str, NoticeView]]:
    """Every kind of notice, in all its forms, with a name for each."""
    return [
        *_of_orders(),
        *_of_awards(),
        *_of_contracts(),
        *_of_reminders(),
        *_of_people(),
        *of_incidents(notice, words().fault, NOW),
        *of_support(notice, words().question, words().answer, NOW),
        *of_recordings(notice),
        *of_webhooks(notice, words().supplier.name_kk, words().supplier.name_ru),
        *of_broadcasts(notice, words().day_off.name_kk, words().day_off.name_ru),
        *of_operations(notice),
        *of_channels(notice),
        ("service.canary", notice("service.canary")),
        *of_preferences(notice, [each for _, each in _of_orders()]),
        *of_duty(notice, ORDER, _names("company", words().supplier), words().person, NOW),
    ]


def _names(stem: str, company: Company) -> dict[str, str]:
    return {f"{stem}_kk": company.name_kk, f"{stem}_ru": company.name_ru}


def _goods(*lines: int) -> list[dict[str, str]]:
    picked = [
        (number, good)
        for number, good in enumerate(words().goods, start=1)
        if not lines or number in lines
    ]
    return [
        {
            "line": str(number),
            "name_ru": good.name_ru,
            "name_kk": good.name_kk,
            "quantity": good.quantity,
            "unit": good.unit,
        }
        for number, good in picked
    ]


def _until(period: Period) -> dict[str, object]:
    return {"number": ORDER, "due_at": deadline(period).due_at, "clause": period.clause}


def _judged(*reasons: str | None) -> NoticeView:
    lines = [{"line": line, "reason": reason} for line, reason in enumerate(reasons, start=1)]
    return notice("offer.judged", number=ORDER, lines=lines)


def _of_orders() -> list[tuple[str, NoticeView]]:
    window, choice, again = _until(OFFER_WINDOW), _until(SELECTION), _until(RESELECTION)
    offer = {"number": ORDER, "offer": _OFFER, "version": 3}
    failed = {"number": ORDER, "goods": _goods()}
    formed = {"number": ORDER, "version": 2, "protocol": f"{ORDER}-2026"}
    price, delivery = "price_above_allocated", "delivery_beyond_limit"
    return [
        ("order.invited", notice("order.invited", **window, delivery_days=90, goods=_goods())),
        ("order.published", notice("order.published", **window, invited=7)),
        ("order.failed, 15.1", notice("order.failed", **failed, ground="15.1")),
        ("order.failed, 15.2", notice("order.failed", **failed, ground="15.2")),
        ("order.failed, 15.3", notice("order.failed", **failed, ground="15.3")),
        ("order.summary", notice("order.summary", **choice, offers=4, rejected=1)),
        ("order.choose_again", notice("order.choose_again", **again)),
        ("order.done", notice("order.done", number=ORDER)),
        ("order.window_closed", notice("order.window_closed", number=ORDER)),
        (
            "offer.submitted",
            notice("offer.submitted", **offer, submitted_at=NOW, due_at=window["due_at"]),
        ),
        ("offer.withdrawn", notice("offer.withdrawn", number=ORDER, offer=_OFFER)),
        ("offer.judged, accepted", _judged(None, None)),
        ("offer.judged, in part", _judged(None, price)),
        ("offer.judged, rejected", _judged(price, delivery)),
        ("protocol.formed", notice("protocol.formed", **formed, failure=None, winners=2)),
        ("protocol.formed, failed", notice("protocol.formed", **formed, failure="15.3", winners=0)),
    ]


def _of_awards() -> list[tuple[str, NoticeView]]:
    award = {"award": _AWARD, "goods": _goods(1), "quantity": "800"}
    answers: dict[str, dict[str, object]] = {
        "award.confirmed": _until(CONTRACT),
        "award.refused": {"number": ORDER, "reason": words().refusal},
        "award.lapsed": {**_until(CONFIRMATION), "clause": "344-13.10"},
    }
    found = [
        (f"{kind}, {side}", notice(kind, **params, **award, side=side))
        for kind, params in answers.items()
        for side in ("customer", "supplier")
    ]
    return [
        ("award.selected", notice("award.selected", **_until(CONFIRMATION), **award)),
        *found,
        ("selection.overdue", notice("selection.overdue", **_until(SELECTION))),
    ]


def _of_contracts() -> list[tuple[str, NoticeView]]:
    supplier = words().supplier
    entry = {
        "number": ORDER,
        "contract": _CONTRACT,
        "contract_number": words().contract_number,
        "signed_on": NOW.date(),
        "supplier_ru": supplier.name_ru,
        "supplier_kk": supplier.name_kk,
    }
    kinds = ("contract.proposed", "contract.concluded", "contract.disputed")
    entry["files"] = 1
    overdue = notice("contract.overdue", **_until(CONTRACT), award=_AWARD)
    return [*((kind, notice(kind, **entry)) for kind in kinds), ("contract.overdue", overdue)]


def _of_reminders() -> list[tuple[str, NoticeView]]:
    periods = {period.name: period for period in (OFFER_WINDOW, SELECTION, CONFIRMATION, CONTRACT)}
    about = [
        (f"remind.{name}", notice(f"remind.{name}", **_until(period), award=_AWARD))
        for name, period in periods.items()
    ]
    new = deadline(OFFER_WINDOW).due_at
    moved = notice(
        "deadline.moved",
        deadline=OFFER_WINDOW.name,
        number=ORDER,
        award=None,
        old=new - timedelta(days=1),
        new=new,
        clause=OFFER_WINDOW.clause,
        days=[{"day": NOW.date(), "working": False, **asdict(words().day_off)}],
    )
    return [
        *about,
        ("remind.me", notice("remind.me", **_until(OFFER_WINDOW))),
        ("deadline.moved", moved),
    ]


def _of_people() -> list[tuple[str, NoticeView]]:
    sample = words()
    place = {"role": "supplier", **asdict(sample.supplier)}
    apply = {"number": _APPLICATION, **place}
    ground = sample.ground
    person = sample.person
    return [
        ("registration.received", notice("registration.received", **apply)),
        ("registration.pending", notice("registration.pending", **apply, full_name=person)),
        ("registration.approved", notice("registration.approved", **apply, ground="")),
        ("registration.refused", notice("registration.refused", **apply, ground=ground)),
        ("role.granted", notice("role.granted", **place, ground=sample.appointment)),
        ("role.revoked", notice("role.revoked", **place, ground=sample.appointment)),
        ("account.suspended", notice("account.suspended", reason=sample.suspension)),
        ("account.resumed", notice("account.resumed", ground=sample.resumed)),
        ("colleague.joined", notice("colleague.joined", **place, name=person)),
    ]
