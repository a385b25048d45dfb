"""A desk for tests of faults: operators, the authorised body, and one fault in one line."""

from __future__ import annotations

from dataclasses import dataclass, replace

from domain.actor import Actor
from domain.incidents.service import Incidents
from domain.incidents.views import Applied, EffectPreview, IncidentView, Reported, Scope
from domain.notices.model import Notice
from domain.orders.views import OrderCard
from domain.roles import Role
from domain.services import Services
from tests.domain.stage import Side, Stage, moment
from tests.support.factories import again, make_person

FACTS = "Сервер не отвечал с 11:00 до 13:00, журнал приложен."
TEXT = "Не открывается страница подачи ценового предложения, ошибка 502"


@dataclass
class Desk:
    """The people of the desk and the use cases they have."""

    stage: Stage
    operator_: Actor
    authority_: Actor
    services: Services

    @property
    def incidents(self) -> Incidents:
        """The use cases of faults."""
        return self.services.incidents

    @property
    def operator(self) -> Actor:
        """The operator, with a cause of its own each time."""
        return again(self.operator_)

    @property
    def authority(self) -> Actor:
        """The authorised body, with a cause of its own each time."""
        return again(self.authority_)

    async def report(self, who: Side | Actor, found: str, **given: object) -> Reported:
        """A report of a fault found at a moment of 2026."""
        actor = who.me if isinstance(who, Side) else again(who)
        values = {"text": TEXT, "contacts": "+7 701 000 00 00", **given}
        text, contacts = str(values.pop("text")), str(values.pop("contacts"))
        return await self.incidents.report(
            actor,
            text,
            moment(found),
            contacts,
            **values,  # type: ignore[arg-type]  # options are named by the test
        )

    async def fault(
        self,
        began: str,
        mended: str | None,
        *,
        level: str = "high",
        scope: Scope | None = None,
        regime: str | None = None,
        number: int | None = None,
        agree: bool = True,
    ) -> int:
        """A confirmed fault whose level has taken effect; returns its number."""
        if number is None:
            number = await self.incidents.open_by_operator(
                self.operator, "Сбой", moment(began), regime=regime
            )
        await self.incidents.confirm(
            self.operator,
            number,
            FACTS,
            moment(began),
            scope or Scope(),
            level,
            mended_at=moment(mended) if mended else None,
        )
        if agree and (await self.one(number)).level_state == "proposed":
            await self.incidents.agree_level(self.authority, number)
        return number

    async def one(self, number: int) -> IncidentView:
        """How an incident stands."""
        return await self.incidents.one(self.operator, number)

    async def preview(self, number: int) -> EffectPreview:
        """What it would do."""
        return await self.incidents.preview(self.operator, number)

    async def apply(self, number: int) -> Applied:
        """Do what the preview shows."""
        shown = await self.preview(number)
        return await self.incidents.apply(self.operator, number, shown.digest)


def moves(told: Notice) -> list[dict[str, object]]:
    """The moves that a notice names."""
    given = told.params["moves"]
    assert isinstance(given, list)
    return given


def extensions(card: OrderCard) -> list[dict[str, object]]:
    """What the receipt of an order's newest deadline says of extensions."""
    given = (card.deadlines[-1].receipt or {}).get("extensions", [])
    assert isinstance(given, list)
    return given


async def make_desk(stage: Stage, regime: str = "366") -> Desk:
    """A desk with one operator and one person of the authorised body."""
    stage.site = replace(stage.site, regime=regime)
    services = Services(stage.site)
    stage.services = services
    stage.orders, stage.offers = services.orders, services.offers
    stage.awards, stage.contracts = services.awards, services.contracts
    operator = await make_person(stage.site, role=Role.SUPPORT)
    authority = await make_person(stage.site, role=Role.AUTHORITY)
    return Desk(stage, operator, authority, services)
