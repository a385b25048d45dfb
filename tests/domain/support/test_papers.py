"""Documents of the desk from real records: whose they are, and what stands in which period."""

from __future__ import annotations

import io
from typing import Any

import pytest
from openpyxl import load_workbook

from domain import papers
from domain.errors import AccessDenied, RuleBroken
from domain.files import FileInfo
from domain.roles import Role
from domain.services import Services
from tests.domain.support.desk import Desk, again, moment
from tests.support.factories import make_person

DAY = (moment("11-20 00:00"), moment("11-21 00:00"))
MONDAY = (moment("11-23 00:00"), moment("11-24 00:00"))


@pytest.fixture
def services(desk: Desk) -> Services:
    """The use cases of the desk's installation."""
    return desk.services


def rows(sheet: bytes) -> list[tuple[Any, ...]]:
    return list(
        load_workbook(io.BytesIO(sheet)).worksheets[0].iter_rows(min_row=7, values_only=True)
    )


async def test_the_tickets_of_a_report_are_those_it_counts(desk: Desk, services: Services) -> None:
    operator = await desk.operator()
    await desk.at("11-19 20:00")
    await desk.asked(await desk.user())
    await desk.at("11-20 20:00")
    # Opened on Friday evening by a letter, registered on Monday.
    taken = await desk.support.open(again(await desk.user()), "email", "Письмо", regime="627")
    found = await papers.desk_report(services, again(operator), *DAY, None, "ru")
    assert found.report.opened == 1
    assert [each.number for each in found.tickets] == [taken.number]
    assert await _numbers(services, again(operator), DAY) == []
    assert await _numbers(services, again(operator), MONDAY) == [str(taken.number)]
    with pytest.raises(RuleBroken, match="period_range"):
        await papers.desk_report(services, again(operator), DAY[1], DAY[0], None, "ru")


async def _numbers(services: Services, actor: Any, period: Any) -> list[str]:
    return [row[1] for row in rows(await papers.journal_sheet(services, actor, *period))]


async def test_the_authority_reads_faults_and_no_other_requests(
    desk: Desk, services: Services
) -> None:
    authority = await make_person(desk.site, role=Role.AUTHORITY)
    operator, user = await desk.operator(), (await desk.supplier()).me
    await desk.at("11-20 10:00")
    await desk.asked(user)
    await services.incidents.report(again(user), "Ошибка 502", moment("11-20 09:50"), "+7701")
    assert len(rows(await papers.journal_sheet(services, again(operator), *DAY))) == 2
    (row,) = rows(await papers.journal_sheet(services, again(authority), *DAY))
    assert row[7] == "Ошибка 502"
    with pytest.raises(AccessDenied):
        await papers.journal_sheet(services, again(user), *DAY)
    with pytest.raises(AccessDenied):
        await papers.desk_report(services, again(authority), *DAY, None, "ru")
    for since, until in ((DAY[1], DAY[0]), (moment("11-20 00:00"), moment("11-20 00:00"))):
        with pytest.raises(RuleBroken, match="period_range"):
            await papers.journal_sheet(services, again(authority), since, until)


async def test_the_written_report_is_for_those_who_read_incidents(
    desk: Desk, services: Services
) -> None:
    user = (await desk.supplier()).me
    taken = await services.incidents.report(
        again(user), "Ошибка 502", moment("11-20 09:50"), "+7701"
    )
    with pytest.raises(AccessDenied):
        await papers.owner_report(services, again(user), taken.incident, "")


async def test_a_copy_that_is_lost_is_named_in_the_pack(desk: Desk, services: Services) -> None:
    user = (await desk.supplier()).me
    lost = FileInfo("a.png", "image/png", 3, "d" * 64)
    taken = await services.incidents.report(
        again(user), "Ошибка 502", moment("11-20 09:50"), "+7701", files=(lost,)
    )
    pack = await papers.evidence_pack(services, again(user), taken.incident)
    assert [(each.sha256, each.reason) for each in pack.omitted] == [("d" * 64, "copy")]
