"""Who is in the demo's story: companies with real-looking names, their goods, the people."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from bot.sandbox.demo.tasks import TASKS
from bot.sandbox.records import Chat
from domain.registry.rules import GoodData
from domain.roles import Role

PLASTIC_PIPE = "222121.500.000001"
STEEL_PIPE = "242013.100.000002"
TRANSFORMER = "271141.300.000001"
PUMP = "281314.100.000004"
CABLE = "273213.700.000002"
INSULATION = "239919.100.000005"


@dataclass(frozen=True)
class DemoCompany:
    """A company of the story; without goods it is a customer."""

    bin: str
    name_ru: str
    name_kk: str
    goods: tuple[GoodData, ...] = ()


@dataclass(frozen=True)
class DemoPerson:
    """A person of the story; ``bin`` names whom they act for, ``shown`` puts their chat in view."""

    id: int
    first_name: str
    last_name: str
    language: str
    phone: str
    role: Role | None
    bin: str = ""
    shown: bool = False
    position: str = "head"
    # Whether their e-mail is proved: letters reach them when Telegram does not.
    mail: bool = False

    @property
    def email(self) -> str:
        """Their address."""
        return f"person{self.id}@example.kz"

    @property
    def full_name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}"


def _good(
    code: str, ru: str, kk: str, unit: str, capacity: str, share: str, kato: str = ""
) -> GoodData:
    return GoodData(
        kato=kato,
        name_ru=ru,
        name_kk=kk,
        code=code,
        unit=unit,
        capacity=capacity,
        local_content=Decimal(share),
    )


_PLASTIC_PIPES = _good(
    PLASTIC_PIPE,
    "Труба полиэтиленовая ПЭ100 SDR17",
    "ПЭ100 SDR17 полиэтилен құбыры",
    "m",
    "120 000 м",
    "62",
)
_STEEL_PIPES = _good(
    STEEL_PIPE,
    "Труба стальная электросварная",
    "Электрмен дәнекерленген болат құбыр",
    "m",
    "80 000 м",
    "54",
)
_PUMPS = _good(
    PUMP, "Насос центробежный консольный", "Консольді ортадан тепкіш сорғы", "piece", "900 шт", "48"
)


def _made_in(kato: str, *goods: GoodData) -> tuple[GoodData, ...]:
    """The same goods from a plant of this place."""
    return tuple(replace(each, kato=kato) for each in goods)


CONTRACTOR = DemoCompany("180540012343", "ТОО «ЭнергоСтройМонтаж»", "«ЭнергоҚұрылысМонтаж» ЖШС")
AKIMAT = DemoCompany(
    "040240003454",
    "ГУ «Отдел жилищно-коммунального хозяйства города Караганды»",
    "«Қарағанды қаласының тұрғын үй-коммуналдық шаруашылық бөлімі» ММ",
)
KARAGANDA_PIPES = DemoCompany(
    "990440001125",
    "ТОО «Карагандинский трубный завод»",
    "«Қарағанды құбыр зауыты» ЖШС",
    _made_in("351010000", _PLASTIC_PIPES, _STEEL_PIPES),
)
ERTIS_POLYMER = DemoCompany(
    "050640002175",
    "ТОО «Ертис Полимер»",
    "«Ертіс Полимер» ЖШС",
    _made_in("551010000", _PLASTIC_PIPES),
)
ZHETISU_TRANSFORMER = DemoCompany(
    "120340003188",
    "АО «Жетысуский трансформаторный завод»",
    "«Жетісу трансформатор зауыты» АҚ",
    (
        _good(
            TRANSFORMER,
            "Трансформатор силовой масляный ТМГ-630/10",
            "ТМГ-630/10 майлы күштік трансформаторы",
            "piece",
            "1 500 шт",
            "57",
            "331010000",
        ),
    ),
)
ALATAU_PUMPS = DemoCompany(
    "160840004230", "ТОО «Алатау Насос»", "«Алатау Сорғы» ЖШС", _made_in("751110000", _PUMPS)
)
SARYARKA_CABLE = DemoCompany(
    "091140005270",
    "ТОО «Сарыарка Кабель»",
    "«Сарыарқа Кабель» ЖШС",
    (
        _good(
            CABLE,
            "Кабель силовой ВВГнг(А)-LS 4х95",
            "ВВГнг(А)-LS 4х95 күштік кабелі",
            "m",
            "300 000 м",
            "66",
            "351010000",
        ),
    ),
)
ESIL_THERMO = DemoCompany(
    "140140006347",
    "ТОО «Есиль Термо»",
    "«Есіл Термо» ЖШС",
    (
        _good(
            INSULATION,
            "Маты теплоизоляционные из минеральной ваты",
            "Минералды мақтадан жасалған жылуоқшаулағыш мат",
            "m2",
            "400 000 м2",
            "71",
            "711010000",
        ),
    ),
)
CASPIAN_HYDRO = DemoCompany(
    "200240007411", "ТОО «Каспий Гидромаш»", "«Каспий Гидромаш» ЖШС", _made_in("471010000", _PUMPS)
)

CUSTOMERS = (CONTRACTOR, AKIMAT)
PRODUCERS = (
    KARAGANDA_PIPES,
    ERTIS_POLYMER,
    ZHETISU_TRANSFORMER,
    ALATAU_PUMPS,
    SARYARKA_CABLE,
    ESIL_THERMO,
    CASPIAN_HYDRO,
)

PEOPLE = (
    DemoPerson(
        101, "Данияр", "Ахметов", "ru", "+77011112233", Role.CUSTOMER, CONTRACTOR.bin, shown=True
    ),
    DemoPerson(
        102,
        "Нұрлан",
        "Сейітқали",
        "kk",
        "+77012223344",
        Role.SUPPLIER,
        KARAGANDA_PIPES.bin,
        shown=True,
        position="contact",
        mail=True,
    ),
    DemoPerson(
        103,
        "Ольга",
        "Ким",
        "ru",
        "+77053334455",
        Role.SUPPLIER,
        ERTIS_POLYMER.bin,
        shown=True,
        position="contact",
        mail=True,
    ),
    DemoPerson(104, "Сәуле", "Жұмабекова", "kk", "+77074445566", Role.ADMIN, shown=True),
    DemoPerson(105, "Айгүл", "Омарова", "kk", "+77085556677", Role.CUSTOMER, AKIMAT.bin),
    DemoPerson(106, "Асхат", "Тілеуов", "kk", "+77026667788", Role.SUPPLIER, ALATAU_PUMPS.bin),
    DemoPerson(107, "Мария", "Волкова", "ru", "+77787778899", Role.AUTHORITY),
    DemoPerson(108, "Руслан", "Исаев", "ru", "+77018889900", None),
    DemoPerson(109, "Айдана", "Нұрғалиева", "kk", "+77479990011", Role.SUPPORT, shown=True),
    DemoPerson(110, "Тимур", "Сафин", "ru", "+77751110022", Role.SUPPORT),
    DemoPerson(
        111,
        "Бақыт",
        "Оспанов",
        "kk",
        "+77012223355",
        Role.SUPPLIER,
        KARAGANDA_PIPES.bin,
        mail=True,
    ),
    DemoPerson(
        112, "Виктор", "Пак", "ru", "+77053334466", Role.SUPPLIER, ERTIS_POLYMER.bin, mail=True
    ),
    DemoPerson(
        113,
        "Дана",
        "Тілеуова",
        "kk",
        "+77026667799",
        Role.SUPPLIER,
        ALATAU_PUMPS.bin,
        position="contact",
    ),
)
#: Rosters of duty: who is told first; where there are more, by turn, a week each.
DUTY = ((102,), (103,), (106, 113))
#: The operator as whom the desk is shown on the page.
OPERATOR, SECOND_OPERATOR, ADMIN, AUTHORITY = 109, 110, 104, 107
# The desk stands on the page after the customer and the first supplier.
_DESK_PLACE = 2

_NOTES = {
    108: {
        "kk": f"Тіркелмеген. БСН: {CASPIAN_HYDRO.bin}",
        "ru": f"Не зарегистрирован. БИН: {CASPIAN_HYDRO.bin}",
    }
}


def story_view(*, story: bool, desk: Chat | None) -> dict[str, object]:
    """People, tasks and ways on for the page; of the story nothing in an empty demo.

    ``desk``: the group of the operators, when there is one.
    """
    if not story:
        return {"people": [], "default": [], "tasks": [], "links": _links(desk=False)}
    companies = {company.bin: company for company in (*CUSTOMERS, *PRODUCERS)}

    def shown(person: DemoPerson) -> dict[str, object]:
        company = companies.get(person.bin)
        note = _NOTES.get(person.id, {})
        return {
            "id": person.id,
            "role": person.role.value if person.role else "newcomer",
            "company": "" if company is None else getattr(company, f"name_{person.language}"),
            "language": person.language,
            "note": note.get(person.language, ""),
        }

    chats = [str(person.id) for person in PEOPLE if person.shown]
    if desk is not None:
        chats.insert(_DESK_PLACE, f"{desk.id}:{OPERATOR}")
    return {
        "people": [shown(person) for person in PEOPLE],
        "default": chats,
        "tasks": list(TASKS),
        "links": _links(desk=True),
    }


def _links(*, desk: bool) -> list[dict[str, str]]:
    """Where the page leads to: names it knows, and addresses."""
    found = [{"name": "status", "url": "/status"}]
    return [{"name": "desk", "url": "/demo/desk"}, *found] if desk else found
