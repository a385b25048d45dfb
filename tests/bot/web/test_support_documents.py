"""Documents of the desk over HTTP: files with their types, and what is refused."""

from __future__ import annotations

import io
import zipfile

import pytest
from openpyxl import load_workbook

from domain.clock import ManualClock
from domain.documents.owner_report import OwnerReport, owner_report_view
from domain.roles import Role
from domain.services import Services
from tests.bot.web.conftest import Answered, Api
from tests.bot.web.story import FIRST, problem, published
from tests.domain.documents.document_samples import texts_of
from tests.domain.stage import moment
from tests.support.factories import again, make_person

PERIOD = "since=2026-11-20&until=2026-11-21"
REPORT = {
    "text": "Не открывается страница",
    "found_at": "2026-11-20T09:30:00+05:00",
    "contacts": "+7 701 000 00 00",
}


def media(answered: Answered) -> str:
    return str(answered.headers["Content-Type"]).partition(";")[0]


async def fault(api: Api, services: Services, clock: ManualClock, regime: str = "366") -> int:
    """A fault with a screenshot that moved the window of an order."""
    await published(api, FIRST)
    screen = await api.call("POST", "/files?name=a.png", raw=b"png", Content_Type="image/png")
    taken = await api.post(
        "/incidents/reports", {**REPORT, "files": [screen["file"]], "regime": regime}
    )
    number = int(str(taken["incident"]))
    clock.set(moment("11-24 15:00"))
    await api.ok(
        "POST",
        f"/incidents/{number}/confirm",
        {
            "facts": "Сервер не отвечал",
            "began_at": "2026-11-24T11:00:00+05:00",
            "mended_at": "2026-11-24T13:00:00+05:00",
            "level": "high",
        },
    )
    if regime == "366":
        authority = await make_person(services.site, role=Role.AUTHORITY)
        await services.incidents.agree_level(again(authority), number)
    shown = await api.ok("GET", f"/incidents/{number}/effects/preview")
    await api.ok("POST", f"/incidents/{number}/apply", {"digest": shown["digest"]})
    return number


async def test_the_report_of_the_desk_is_a_sheet_and_a_picture(api: Api) -> None:
    await api.post("/tickets", {"text": "=1+1"})
    sheet = await api.get(f"/support/report.xlsx?{PERIOD}")
    assert media(sheet).endswith("spreadsheetml.sheet")
    assert 'filename="support-report.xlsx"' in sheet.headers["Content-Disposition"]
    tickets = load_workbook(io.BytesIO(sheet.raw)).worksheets[2]
    assert (tickets["G2"].value, tickets["G2"].data_type) == ("=1+1", "s")
    kazakh = await api.get(f"/support/report.xlsx?{PERIOD}", Accept_Language="kk")
    assert load_workbook(io.BytesIO(kazakh.raw)).sheetnames == [
        "Жиынтық",
        "Операторлар",
        "Өтініштер",
    ]
    picture = await api.get(f"/support/report.png?{PERIOD}")
    assert (media(picture), picture.raw[:4]) == ("image/png", b"\x89PNG")
    wrong = "since=2026-11-21&until=2026-11-20"
    problem(await api.get(f"/support/report.png?{wrong}"), 422, "period_range")
    problem(await api.get("/support/report.xlsx?since=2026-11-21"), 400, "invalid_request")


@pytest.mark.clause("627-15.2")
async def test_faults_reported_stand_in_the_journal_of_requests(api: Api) -> None:
    ticket = (await api.post("/tickets", {"text": "Сбой", "regime": "627"}))["number"]
    await api.post("/incidents/reports", {**REPORT, "ticket": ticket})
    await api.post("/tickets", {"text": "Другое", "regime": "627"})
    found = await api.get(f"/incidents/journal.xlsx?{PERIOD}")
    rows = list(
        load_workbook(io.BytesIO(found.raw)).worksheets[0].iter_rows(min_row=7, values_only=True)
    )
    assert [row[7] for row in rows] == [REPORT["text"], "Другое"]
    assert (rows[0][1], rows[0][9], rows[0][12]) == (
        str(ticket),
        1,
        "талдануда / анализируется",
    )
    problem(
        await api.get("/incidents/journal.xlsx?since=2026-11-21&until=2026-11-20"),
        422,
        "period_range",
    )


@pytest.mark.clause("627-16")
async def test_a_letter_at_night_stands_in_the_journal_of_the_next_working_day(
    api: Api, clock: ManualClock
) -> None:
    clock.set(moment("11-20 19:00"))
    letter = {"text": "Сбой", "channel": "email", "regime": "627", "address": "a@example.kz"}
    assert (await api.post("/tickets", letter)).status == 201
    for period, count in ((PERIOD, 0), ("since=2026-11-23&until=2026-11-24", 1)):
        found = await api.get(f"/incidents/journal.xlsx?{period}")
        sheet = load_workbook(io.BytesIO(found.raw)).worksheets[0]
        assert len(list(sheet.iter_rows(min_row=7))) == count


@pytest.mark.clause("627-26.13")
async def test_the_report_on_a_high_fault_is_ready_to_be_signed(
    api: Api, services: Services, clock: ManualClock
) -> None:
    number = await fault(api, services, clock, "627")
    plain = await api.get(f"/incidents/{number}/report.pdf")
    assert (media(plain), plain.raw[:5]) == ("application/pdf", b"%PDF-")
    proposed = await api.get(f"/incidents/{number}/report.pdf?proposals=Second%20disk")
    assert proposed.raw != plain.raw
    long = "x" * 4001
    problem(await api.get(f"/incidents/{number}/report.pdf?proposals={long}"), 422, "text_too_long")


async def test_no_report_on_a_fault_that_is_not_confirmed(api: Api) -> None:
    number = (await api.post("/incidents/reports", REPORT))["incident"]
    problem(await api.get(f"/incidents/{number}/report.pdf"), 409, "incident_state")
    await api.ok("POST", f"/incidents/{number}/refute", {"facts": "Журнал чист"})
    await api.ok("POST", f"/incidents/{number}/close", {})
    problem(await api.get(f"/incidents/{number}/report.pdf"), 409, "incident_state")
    problem(await api.get("/incidents/404/report.pdf"), 404, "incident_unknown")


async def test_the_evidence_of_a_fault(api: Api, services: Services, clock: ManualClock) -> None:
    number = await fault(api, services, clock)
    found = await api.get(f"/incidents/{number}/evidence.zip")
    assert media(found) == "application/zip"
    with zipfile.ZipFile(io.BytesIO(found.raw)) as archive:
        names = archive.namelist()
        (shot,) = [name for name in names if name.endswith("a.png")]
        assert archive.read(shot) == b"png"
        assert "срок продлен" in archive.read("terms.csv").decode()
    clock.set(moment("11-26 15:00"))
    assert (await api.get(f"/incidents/{number}/evidence.zip")).raw == found.raw
    problem(await api.get("/incidents/x/evidence.zip"), 404, "incident_unknown")


async def test_the_evidence_tells_how_many_parts_it_has(api: Api) -> None:
    number = (await api.post("/incidents/reports", REPORT))["incident"]
    first = await api.get(f"/incidents/{number}/evidence.zip")
    assert (first.status, first.headers["Tapsyrys-Parts"]) == (200, "1")
    problem(await api.get(f"/incidents/{number}/evidence.zip?part=2"), 404, "evidence_part_unknown")


@pytest.mark.clause("627-25")
async def test_the_report_on_a_medium_fault_goes_to_the_authorised_body(
    api: Api, services: Services, clock: ManualClock
) -> None:
    await published(api, FIRST)
    clock.set(moment("11-24 15:00"))
    made = await api.post(
        "/incidents",
        {"title": "Сбой", "began_at": "2026-11-24T11:00:00+05:00", "regime": "627"},
    )
    number = int(str(made["number"]))
    await api.ok(
        "POST",
        f"/incidents/{number}/confirm",
        {
            "facts": "Не сохраняются предложения",
            "began_at": "2026-11-24T11:00:00+05:00",
            "mended_at": "2026-11-24T13:30:00+05:00",
            "level": "medium",
            "scope": {"kind": "module", "modules": ["offers"]},
        },
    )
    shown = await api.ok("GET", f"/incidents/{number}/effects/preview")
    await api.ok("POST", f"/incidents/{number}/apply", {"digest": shown["digest"]})
    assert (await api.get(f"/incidents/{number}/report.pdf")).raw.startswith(b"%PDF")
    operator = await make_person(services.site, role=Role.SUPPORT)
    view = await services.incidents.one(again(operator), number)
    effects = await services.incidents.effects(again(operator), number)
    report = OwnerReport(view, effects, "Добавить проверку", moment("11-24 15:00"))
    said = "\n".join(texts_of(owner_report_view(report)))
    for part in ("подпунктом 3) пункта 25", "Уполномоченному органу", "Не сохраняются предложения"):
        assert part in said
    assert "Продлено сроков: 1" in said
    assert "Добавить проверку" in said
