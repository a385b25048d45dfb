"""The demo's story, lived through: every act at its own moment, by the use cases people use."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, time
from decimal import Decimal

from bot.sandbox import acts
from bot.sandbox.demo import story
from bot.sandbox.demo.clock import DemoClock
from bot.sandbox.demo.mailbox import Mailbox
from bot.sandbox.demo.story import CUSTOMERS, PEOPLE, PRODUCERS, DemoPerson
from bot.sandbox.demo.support import Desk
from bot.sandbox.demo.travel import Traveller
from bot.sandbox.records import Person
from bot.sandbox.world import World
from domain.actor import Actor
from domain.awards.rules import Choice
from domain.calendar import WorkingCalendar
from domain.clock import astana
from domain.goods_lists.rules import ItemData
from domain.offers.service import OfferInput
from domain.orders.rules import OrderTerms
from domain.orders.service import NewLine
from domain.people.rules import CONSENT_VERSIONS
from domain.registry.rules import ProducerData
from domain.roles import Role
from domain.services import Services

# Working days before the demo's today on which the story begins.
_BEGINS = 12


@dataclass
class Teller:
    """Tells the story: moves the clock, acts, lets messages arrive."""

    services: Services
    clock: DemoClock
    traveller: Traveller
    world: World
    mailbox: Mailbox
    settled: Callable[[], Awaitable[None]]
    # Items of the contractor's goods list by their code: its orders are made from them.
    needs: dict[str, int] = field(default_factory=dict)
    days: list[date] = field(default_factory=list)

    async def begin(self) -> None:
        """Put the clock at the story's first morning."""
        calendar = await self.services.working_time.calendar(_system())
        self.days = _working_days(calendar, astana(self.clock.now()).date(), _BEGINS)
        self.clock.set(calendar.at(self.days[0], time(9)))

    async def tell(self) -> None:
        """Live through the story and leave the clock at the demo's today, 10:00."""
        calendar = await self.services.working_time.calendar(_system())
        days = self.days
        await self._companies()
        for person in PEOPLE:
            await self._person(person)
        await self.settled()
        for person in PEOPLE:
            if person.mail:
                await self._prove_mail(person)
        for turns in story.DUTY:
            await self._take_turns(turns)
        await self._orders(calendar, days)
        await self._at(calendar, days[-1], time(10))

    async def _at(self, calendar: WorkingCalendar, day: date, wall: time) -> None:
        await self.settled()
        await self.traveller.go(calendar.at(day, wall))
        await self.settled()

    async def _companies(self) -> None:
        for company in CUSTOMERS:
            await self.services.registry.put_customer(
                _platform(), company.bin, company.name_ru, company.name_kk
            )
        for number, company in enumerate(PRODUCERS, start=1):
            await self.services.registry.put_producer(
                _platform(),
                ProducerData(
                    bin=company.bin,
                    name_ru=company.name_ru,
                    name_kk=company.name_kk,
                    registry_number=f"KTP-{number:05d}",
                    goods=company.goods,
                ),
            )
        await self.services.goods_lists.put_list(
            _platform(),
            story.CONTRACTOR.bin,
            "KRG-2026-014",
            "Реконструкция водопроводных сетей города Караганды",
            _needs(),
        )
        (needed,) = await self.services.goods_lists.lists(_platform(), story.CONTRACTOR.bin)
        page = await self.services.goods_lists.items(_platform(), needed.id)
        self.needs = {item.code: item.id for item in page.items}

    async def _person(self, person: DemoPerson) -> None:
        """A registered person with an open chat; Ruslan has only an account at Telegram."""
        acts.add_person(
            self.world,
            Person(
                id=person.id,
                first_name=person.first_name,
                last_name=person.last_name,
                username="",
                language_code=person.language,
                phone=person.phone.removeprefix("+"),
            ),
        )
        if person.role is None:
            return
        people = self.services.people
        actor, _ = await people.actor_for(person.id, _cause(), person.language, person.full_name)
        await people.choose_language(actor, person.language)
        for kind, version in CONSENT_VERSIONS.items():
            await people.record_consent(actor.because(_cause()), kind, version, person.language)
        await people.share_contact(actor, person.id, person.phone)
        if person.role is Role.ADMIN:
            await people.ensure_admins([person.id])
        else:
            link = await people.invite(_system(), person.role, person.bin or None)
            await people.register(
                actor,
                company_bin=person.bin or None,
                role=person.role,
                full_name=person.full_name,
                position=person.position,
                email=person.email,
                invitation_token=link.token,
            )
        acts.start(self.world, acts.find_person(self.world, person.id))
        self.world.flush()

    async def _prove_mail(self, person: DemoPerson) -> None:
        """Their e-mail, proved by the code that came to it."""
        actor, _ = await self.services.people.actor_for(person.id, _cause())
        since = self.clock.now()
        await self.services.addresses.want(actor, "email", person.email)
        code = await self.mailbox.code_for(person.email, since)
        await self.services.addresses.confirm(actor.because(_cause()), "email", code)

    async def _take_turns(self, turns: Sequence[int]) -> None:
        """A roster of duty, entered by the first of it."""
        actors = [(await self.services.people.actor_for(each, _cause()))[0] for each in turns]
        people = [actor.person_id for actor in actors if actor.person_id is not None]
        await self.services.duty.set_turns(actors[0].because(_cause()), people)

    async def _orders(self, calendar: WorkingCalendar, days: list[date]) -> None:
        """One order in every state, each begun early enough to have come there by today."""
        await self._at(calendar, days[0], time(10))
        done = await self._publish(story.CONTRACTOR, _pipes(12_000, "96000000"))
        await self._at(calendar, days[0], time(15))
        await self._offer(done, story.KARAGANDA_PIPES, 12_000, "91200000", 75)
        await self._offer(done, story.ERTIS_POLYMER, 8_000, "58400000", 90)
        await self._at(calendar, days[3], time(11))
        chosen = await self._select(
            done, (story.ERTIS_POLYMER, 8_000), (story.KARAGANDA_PIPES, 4_000)
        )
        await self._publish(story.CONTRACTOR, _boilers())
        await self._at(calendar, days[4], time(12))
        for award in chosen:
            await self.services.awards.confirm(_platform(), award)
        await self._at(calendar, days[5], time(12))
        for company, number in ((story.ERTIS_POLYMER, "14"), (story.KARAGANDA_PIPES, "15")):
            await self.services.contracts.enter(
                _platform(), done, company.bin, f"{number}/26", astana(self.clock.now()).date()
            )
        contracting = await self._publish(story.AKIMAT, _pumps(14, "16800000"))
        await self._offer(contracting, story.ALATAU_PUMPS, 14, "15400000", 80)
        confirming = await self._publish(story.CONTRACTOR, _pumps(30, "37500000"))
        await self._offer(confirming, story.ALATAU_PUMPS, 20, "23600000", 80)
        await self._offer(confirming, story.CASPIAN_HYDRO, 30, "36000000", 85)
        await self._at(calendar, days[8], time(9, 30))
        choosing = await self._publish(story.CONTRACTOR, _steel(2_400, "43200000"))
        await self._offer(choosing, story.KARAGANDA_PIPES, 2_400, "41040000", 70)
        waiting = await self._publish(story.AKIMAT, _pipes(3_000, "24600000"))
        await self._offer(waiting, story.ERTIS_POLYMER, 3_000, "22500000", 60)
        await self._at(calendar, days[8], time(15))
        desk = Desk(self.services, self.world, self.settled)
        await desk.open()
        await desk.answered()
        await self._at(calendar, days[9], time(11))
        touched = await self._publish(story.AKIMAT, _pipes(2_000, "16000000"))
        await self._at(calendar, days[10], time(16))
        won = await self._select(contracting, (story.ALATAU_PUMPS, 14))
        await self._select(confirming, (story.ALATAU_PUMPS, 20), (story.CASPIAN_HYDRO, 10))
        await self._at(calendar, days[10], time(19, 12))
        await desk.voice_at_night()
        await self._at(calendar, days[11], time(9, 15))
        await self.services.awards.confirm(_platform(), won[0])
        await self._at(calendar, days[11], time(9, 30))
        await self._publish(story.CONTRACTOR, _pipes(5_000, "41000000"))
        incident = await desk.fault_reported(touched)
        await self._draft(story.CONTRACTOR, _cable(3_500, "52500000"))
        await self._at(calendar, days[11], time(9, 45))
        await desk.fault_confirmed(incident)
        await self._at(calendar, days[11], time(9, 55))
        await desk.fault_applied(incident)
        await desk.works_announced()

    async def _draft(self, customer: story.DemoCompany, lines: list[NewLine]) -> int:
        terms = OrderTerms(
            "г. Караганда, склад на ул. Складская, 4",
            "DDP, разгрузка силами поставщика; оплата после приемки",
            90,
        )
        if customer is story.CONTRACTOR:
            lines = [replace(line, goods_list_item_id=self.needs.get(line.code)) for line in lines]
        made = await self.services.orders.create(_platform(), customer.bin, terms, lines)
        return made.numbers[0]

    async def _publish(self, customer: story.DemoCompany, lines: list[NewLine]) -> int:
        number = await self._draft(customer, lines)
        await self.services.orders.publish(_platform(), number)
        return number

    async def _offer(
        self, order: int, company: story.DemoCompany, quantity: int, price: str, days: int
    ) -> None:
        line = OfferInput(
            1,
            Decimal(quantity),
            Decimal(price),
            days,
            "Соответствует требованиям заказа, сертификат СТ-KZ",
            "Гарантия 24 месяца",
        )
        await self.services.offers.submit(_platform(), order, company.bin, [line])

    async def _select(self, order: int, *given: tuple[story.DemoCompany, int]) -> list[int]:
        choices = [Choice(1, company.bin, Decimal(quantity)) for company, quantity in given]
        awards = await self.services.awards.select(_platform(), order, choices)
        return [award.id for award in awards]


def _working_days(calendar: WorkingCalendar, today: date, count: int) -> list[date]:
    """The ``count`` working days that end today, or with the last working day before."""
    day = today if calendar.is_working(today) else calendar.previous_working_day(today)
    days = [day]
    while len(days) < count:
        days.insert(0, calendar.previous_working_day(days[0]))
    return days


def _cause() -> str:
    return f"story:{uuid.uuid4()}"


def _system() -> Actor:
    return Actor.system(_cause(), source="cli")


def _platform() -> Actor:
    return Actor(kind="integration", source="api", cause=_cause(), label="story")


def _line(
    code: str, ru: str, kk: str, quantity: int, unit: str, allocated: str, wanted: str
) -> list[NewLine]:
    return [
        NewLine(
            name_ru=ru,
            name_kk=kk,
            code=code,
            agsk3="",
            quantity=Decimal(quantity),
            unit=unit,
            allocated_sum=Decimal(allocated),
            characteristics=wanted,
        )
    ]


def _pipes(quantity: int, allocated: str) -> list[NewLine]:
    return _line(
        story.PLASTIC_PIPE,
        "Труба полиэтиленовая ПЭ100 SDR17 Ø225",
        "ПЭ100 SDR17 Ø225 полиэтилен құбыры",
        quantity,
        "m",
        allocated,
        "ГОСТ 18599, PN10, Ø225х13,4 мм, отрезки по 12 м",
    )


def _steel(quantity: int, allocated: str) -> list[NewLine]:
    return _line(
        story.STEEL_PIPE,
        "Труба стальная электросварная Ø325х8",
        "Электрмен дәнекерленген болат құбыр Ø325х8",
        quantity,
        "m",
        allocated,
        "ГОСТ 10704, сталь Ст20, изоляция ВУС",
    )


def _pumps(quantity: int, allocated: str) -> list[NewLine]:
    return _line(
        story.PUMP,
        "Насос консольный К 100-65-200",
        "К 100-65-200 консольді сорғы",
        quantity,
        "piece",
        allocated,
        "Подача 100 м3/ч, напор 50 м, электродвигатель 30 кВт",
    )


def _cable(quantity: int, allocated: str) -> list[NewLine]:
    return _line(
        story.CABLE,
        "Кабель ВВГнг(А)-LS 4х95",
        "ВВГнг(А)-LS 4х95 кабелі",
        quantity,
        "m",
        allocated,
        "ГОСТ 31996, 0,66 кВ",
    )


def _boilers() -> list[NewLine]:
    return _line(
        "252112.300.000003",
        "Котел водогрейный КВ-ТС-10",
        "КВ-ТС-10 су жылытқыш қазаны",
        2,
        "piece",
        "180000000",
        "Тепловая мощность 11,6 МВт, топливо: каменный уголь",
    )


def _needs() -> list[ItemData]:
    found = []
    wanted = (*_pipes(40_000, "1"), *_steel(6_000, "1"), *_pumps(60, "1"), *_cable(9_000, "1"))
    for number, line in enumerate(wanted, start=1):
        found.append(
            ItemData(
                item=str(number),
                quantity=line.quantity,
                unit=line.unit,
                name_ru=line.name_ru,
                name_kk=line.name_kk,
                code=line.code,
                characteristics=line.characteristics,
            )
        )
    return found
