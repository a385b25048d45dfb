"""What watchers see of faults, and what the journal has (344, clause 11; 627, 15.2 and 16)."""

from __future__ import annotations

import io

import pytest
from openpyxl import load_workbook

from domain import papers
from domain.errors import AccessDenied, NotFound
from domain.roles import Role
from tests.domain.incidents.desk import TEXT, Desk
from tests.domain.stage import Stage, moment
from tests.support.factories import again, make_person

WATCHING = [Role.OBSERVER, Role.TECHNICAL_OPERATOR]


@pytest.mark.clause("344-11b")
@pytest.mark.parametrize("role", WATCHING)
async def test_watchers_read_nothing_that_users_have_said(
    desk: Desk, stage: Stage, role: Role
) -> None:
    supplier = await stage.supplier()
    taken = await desk.report(supplier, "11-20 09:30")
    watcher = await make_person(stage.site, role=role)
    number, day = taken.incident, (moment("11-20 00:00"), moment("11-21 00:00"))
    incidents = desk.incidents
    seen = await incidents.one(again(watcher), number)
    (row,) = (await incidents.page(again(watcher))).incidents
    assert (seen.title, row.title, seen.state, seen.reports) == ("", "", "analysing", 1)
    assert (await desk.one(number)).title == TEXT
    for reading in (
        incidents.reports(again(watcher), number),
        incidents.report_of(again(watcher), number, taken.report),
        incidents.journal(again(watcher), *day),
        papers.journal_sheet(desk.services, again(watcher), *day),
    ):
        with pytest.raises(AccessDenied):
            await reading
    with pytest.raises(NotFound):
        await desk.services.evidence.of(again(watcher), number)
    # What operators say of it is for everybody.
    await desk.fault("11-20 09:00", "11-20 09:30", number=number)
    assert (await incidents.one(again(watcher), number)).title == TEXT


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.ADMIN, Role.AUTHORITY])
async def test_the_desk_and_the_authority_read_reports(
    desk: Desk, stage: Stage, role: Role
) -> None:
    taken = await desk.report(await stage.supplier(), "11-20 09:30")
    reader = await make_person(stage.site, role=role)
    (report,) = await desk.incidents.reports(again(reader), taken.incident)
    assert report.text == TEXT
    assert (await desk.incidents.one(again(reader), taken.incident)).title == TEXT


@pytest.mark.clause("627-15.2")
@pytest.mark.clause("627-7")
async def test_what_specialists_and_the_platform_find_stands_in_the_journal(
    desk_627: Desk, stage: Stage
) -> None:
    supplier = await stage.supplier()
    taken = await desk_627.report(supplier, "11-20 09:30")
    found = await desk_627.incidents.open_by_operator(
        desk_627.operator, "Не сохраняются предложения", moment("11-20 09:45")
    )
    silent = await desk_627.services.health.gap("bot", moment("11-20 09:10"), moment("11-20 09:20"))
    day = (moment("11-20 00:00"), moment("11-21 00:00"))
    rows = await desk_627.incidents.journal(desk_627.operator, *day)
    assert [(row.incident, row.channel, row.report, row.found_at) for row in rows] == [
        (taken.incident, "chat", taken.report, moment("11-20 09:30")),
        (found, "operator", None, moment("11-20 09:45")),
        (silent, "health", None, moment("11-20 09:10")),
    ]
    sheet = load_workbook(
        io.BytesIO(await papers.journal_sheet(desk_627.services, desk_627.operator, *day))
    ).worksheets[0]
    lines = list(sheet.iter_rows(min_row=7, values_only=True))
    assert [(line[1], line[3], line[7], line[11]) for line in lines[1:]] == [
        (
            f"Техникалық іркіліс № {found} / Технический сбой № {found}",
            "маман анықтады / обнаружен специалистом",
            "Не сохраняются предложения",
            None,
        ),
        (
            f"Техникалық іркіліс № {silent} / Технический сбой № {silent}",
            "платформа өзі анықтады / обнаружен самой платформой",
            "Жауап бермеген бөлік: бот / Не отвечала часть: бот",
            None,
        ),
    ]
    # When it arose, in the time of Astana (627, clauses 7 and 15.2).
    assert [str(line[10]) for line in lines] == [
        "2026-11-20 09:30:00",
        "2026-11-20 09:45:00",
        "2026-11-20 09:10:00",
    ]
    # Once somebody has reported it, that report is its line.
    await desk_627.report(supplier, "11-20 09:50", join=found)
    rows = await desk_627.incidents.journal(desk_627.operator, *day)
    assert sorted((row.incident, row.report is None) for row in rows) == [
        (taken.incident, False),
        (found, False),
        (silent, True),
    ]
