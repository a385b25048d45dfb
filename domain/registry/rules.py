"""What a producer, a customer and a good must say to be taken in, and how names are searched.

What the registry holds comes from the registry (act 344, clause 7): these rules judge what an
integration or an import brings, never what a supplier types.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import partial
from typing import Any, TypeVar

from domain.codes import parse_agsk3, parse_ens_tru, parse_tn_ved
from domain.errors import RuleBroken
from domain.identifiers import check_bin_iin
from domain.texts import NAME_LIMIT, UNIT_LIMIT, clean_text

CheckedT = TypeVar("CheckedT")

MAX_ERRORS = 200
"""How many errors of an import are listed; more would be read by nobody."""

REGISTRY_NUMBER_LIMIT = 64
_CODE_LIMIT, _KATO_LIMIT, _CAPACITY_LIMIT = 32, 16, 200

# Letters people leave out when they search: yo and the nine letters Kazakh has beside Russian.
_FOLDED = str.maketrans(
    "\u0451\u04d9\u0493\u049b\u04a3\u04e9\u04b1\u04af\u04bb\u0456",
    "\u0435\u0430\u0433\u043a\u043d\u043e\u0443\u0443\u0445\u0438",
)


class Status(StrEnum):
    """What the registries say of a company; all but ``active`` bar a supplier."""

    ACTIVE = "active"
    BANKRUPT = "bankrupt"
    LIQUIDATION = "liquidation"
    UNFAIR = "unfair"
    EXCLUDED = "excluded"


@dataclass(frozen=True)
class GoodData:
    """A good of the registry (columns of order 327); ``row`` is its row in a sheet, 0 for none."""

    name_ru: str = ""
    name_kk: str = ""
    code: str = ""
    agsk3: str = ""
    tnved: str = ""
    kpved: str = ""
    oked: str = ""
    kato: str = ""
    capacity: str = ""
    unit: str = ""
    local_content: Decimal | None = None
    localisation_level: str = ""
    included_on: date | None = None
    row: int = field(default=0, compare=False)


@dataclass(frozen=True)
class ProducerData:
    """A producer with all its goods, as the registry gives it."""

    bin: str
    name_ru: str = ""
    name_kk: str = ""
    status: Status = Status.ACTIVE
    registry_number: str = ""
    goods: tuple[GoodData, ...] = ()
    row: int = field(default=0, compare=False)


@dataclass(frozen=True)
class ImportProblem:
    """One error of what was brought in: the row (from 1; 0 unknown), the field path and why."""

    row: int
    field: str
    code: str
    params: dict[str, Any]

    def as_json(self) -> dict[str, Any]:
        """The problem as the parameters of an error."""
        return {"row": self.row, "field": self.field, "code": self.code, "params": self.params}


def fold(text: str) -> str:
    """``text`` for searching: case, accents of spelling and Kazakh letters levelled."""
    folded = unicodedata.normalize("NFKC", text).casefold().translate(_FOLDED)
    return " ".join(folded.split())


def like(text: str) -> str:
    """A LIKE pattern (escape ``\\``) that finds ``text`` folded, anywhere."""
    escaped = fold(text).replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


def import_failed(problems: Sequence[ImportProblem], clause: str) -> RuleBroken:
    """The error of an import of which nothing was taken in: the first problems and their count."""
    return RuleBroken(
        "import_failed",
        clause,
        count=len(problems),
        errors=[problem.as_json() for problem in problems[:MAX_ERRORS]],
    )


@contextmanager
def located(path: str) -> Iterator[None]:
    """Put the path of the field into any rule broken inside."""
    try:
        yield
    except RuleBroken as broken:
        raise RuleBroken(broken.code, broken.clause, **{**broken.params, "field": path}) from None


def optional(parse: Callable[[str], str], text: str, path: str) -> str:
    """``text`` parsed, or empty when nothing is stated."""
    if not text.strip():
        return ""
    with located(path):
        return parse(text)


def check_names(name_ru: str, name_kk: str, path: str = "") -> tuple[str, str]:
    """Both names tidied; one is enough. Raises ``text_missing``, ``text_too_long``."""
    with located(f"{path}name_ru"):
        ru = clean_text(name_ru, "name_ru", NAME_LIMIT)
    with located(f"{path}name_kk"):
        kk = clean_text(name_kk, "name_kk", NAME_LIMIT)
    if not ru and not kk:
        raise RuleBroken("text_missing", None, field=f"{path}name_ru")
    return ru, kk


def check_good(good: GoodData, path: str = "") -> GoodData:
    """The good with tidy texts and canonical codes.

    One of the codes must be there. Raises ``RuleBroken`` with ``field``: ``code_missing``,
    ``ens_tru_format``, ``agsk3_format``, ``tn_ved_format``, ``text_missing``, ``text_too_long``,
    ``local_content_range``.
    """
    name_ru, name_kk = check_names(good.name_ru, good.name_kk, path)
    code = optional(parse_ens_tru, good.code, f"{path}code")
    agsk3 = optional(parse_agsk3, good.agsk3, f"{path}agsk3")
    tnved = optional(parse_tn_ved, good.tnved, f"{path}tnved")
    if not (code or agsk3 or tnved):
        raise RuleBroken("code_missing", "344-13.2b", field=f"{path}code")

    def text(name: str, limit: int) -> str:
        with located(f"{path}{name}"):
            return clean_text(getattr(good, name), name, limit)

    return replace(
        good,
        name_ru=name_ru,
        name_kk=name_kk,
        code=code,
        agsk3=agsk3,
        tnved=tnved,
        kpved=text("kpved", _CODE_LIMIT),
        oked=text("oked", _KATO_LIMIT),
        kato=text("kato", _KATO_LIMIT),
        capacity=text("capacity", _CAPACITY_LIMIT),
        unit=text("unit", UNIT_LIMIT),
        local_content=check_local_content(good.local_content, f"{path}local_content"),
        localisation_level=text("localisation_level", NAME_LIMIT),
    )


def check_local_content(share: Decimal | None, path: str) -> Decimal | None:
    """A share of local value in per cent, 0 to 100, rounded to 2 places."""
    if share is None:
        return None
    if not share.is_finite() or not 0 <= share <= 100:
        raise RuleBroken("local_content_range", None, field=path)
    return share.quantize(Decimal("0.01"))


def check_producer(data: ProducerData) -> ProducerData:
    """The producer as it is stored; raises the first problem as ``RuleBroken`` with ``field``."""
    head = _check_head(data)
    goods = tuple(check_good(good, f"goods[{at}].") for at, good in enumerate(data.goods))
    return replace(head, goods=goods)


def _check_head(data: ProducerData) -> ProducerData:
    with located("bin"):
        number = check_bin_iin(data.bin)
    name_ru, name_kk = check_names(data.name_ru, data.name_kk)
    with located("registry_number"):
        registry = clean_text(data.registry_number, "registry_number", REGISTRY_NUMBER_LIMIT)
    with located("status"):
        status = check_status(data.status)
    return replace(
        data, bin=number, name_ru=name_ru, name_kk=name_kk, registry_number=registry, status=status
    )


def check_status(text: str) -> Status:
    """A status by its name; raises ``status_unknown``."""
    try:
        return Status(text)
    except ValueError:
        raise RuleBroken("status_unknown", None, text=text[:40]) from None


def check_producers(
    rows: Sequence[ProducerData],
) -> tuple[list[ProducerData], list[ImportProblem]]:
    """All producers as they are stored, and every problem found: nothing is taken in with one.

    A BIN that stands twice is ``bin_repeated``.
    """
    checked: list[ProducerData] = []
    problems: list[ImportProblem] = []
    seen: set[str] = set()
    for number, data in enumerate(rows, start=1):
        head = _collect(problems, data.row or number, partial(_check_head, data))
        goods = [
            _collect(
                problems,
                good.row or data.row or number,
                partial(check_good, good, f"goods[{at}]."),
            )
            for at, good in enumerate(data.goods)
        ]
        if head is None:
            continue
        if head.bin in seen:
            problem = ImportProblem(data.row or number, "bin", "bin_repeated", {"bin": head.bin})
            problems.append(problem)
        seen.add(head.bin)
        checked.append(replace(head, goods=tuple(good for good in goods if good is not None)))
    return checked, problems


def _collect(
    problems: list[ImportProblem], row: int, check: Callable[[], CheckedT]
) -> CheckedT | None:
    try:
        return check()
    except RuleBroken as broken:
        params = {name: value for name, value in broken.params.items() if name != "field"}
        problems.append(
            ImportProblem(row, str(broken.params.get("field", "")), broken.code, params)
        )
        return None
