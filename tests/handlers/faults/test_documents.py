"""Documents of an incident in the chat: the evidence pack, the report to be signed."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from functools import partial

import pytest

from domain import papers
from domain.actor import Actor
from domain.documents.evidence import prepare
from domain.files import FileInfo
from domain.incidents.views import Scope
from domain.roles import Role
from domain.work import Site
from tests.handlers.faults.reader import document, incident, operator_actor, reader
from tests.handlers.faults.test_incidents import CARD, at, to_card
from tests.support.chat import Town
from tests.support.factories import again, make_customer, make_order, make_person, make_producer

PACK = "Documents of incident No. {number}"
ASK = "What do you propose so that it does not happen again? It goes into the report."


@pytest.fixture
def site(site: Site, request: pytest.FixtureRequest) -> Site:
    """The installation under the act that a test names."""
    return replace(site, regime=getattr(request, "param", "366"))


async def moved(town: Town, reporter: Actor | None = None) -> int:
    """A high fault, reported with a screenshot, that moved the window of an order."""
    await make_producer(town.site)
    company = await make_customer(town.site)
    await make_order(town.services, company)
    shot = await town.site.files.put(b"png")
    town.clock.set(at("11-24T15:00"))
    operator = await operator_actor(town)
    incidents = town.services.incidents
    taken = await incidents.report(
        again(reporter or operator),
        "Не отправляется предложение",
        at("11-24T14:50"),
        "+7 701 000 00 00",
        files=(FileInfo("экран.png", "image/png", 3, shot),),
        name="" if reporter else "Болат Ахметов",
        phone="" if reporter else "+7 701 555 00 99",
    )
    number = taken.incident
    await incidents.confirm(
        again(operator),
        number,
        "Сервер не отвечал",
        at("11-24T11:00"),
        Scope(),
        "high",
        mended_at=at("11-24T13:00"),
    )
    if (await incident(town, number)).level_state == "proposed":
        authority = await make_person(town.site, role=Role.AUTHORITY)
        await incidents.agree_level(again(authority), number)
    shown = await incidents.preview(again(operator), number)
    await incidents.apply(again(operator), number, shown.digest)
    return number


@pytest.mark.parametrize("language", ["kk", "ru"])
async def test_the_desk_gets_the_evidence_whole(town: Town, language: str) -> None:
    number = await moved(town)
    who = await reader(town, Role.SUPPORT, language)
    await to_card(who, number)
    await who.press("Documents", PACK)
    await who.press(
        "Evidence (ZIP)", "The evidence on incident No. {number}. Begin with cover.pdf."
    )
    content = await document(who, f"evidence-{number}.zip")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.namelist()[0] == "cover.pdf"
        (shot,) = [name for name in archive.namelist() if name.endswith(".png")]
        assert archive.read(shot) == b"png"
    await who.press("Back to the incident", CARD)


@pytest.mark.clause("627-26.13")
@pytest.mark.parametrize("site", ["627"], indirect=True)
@pytest.mark.parametrize("language", ["kk", "ru"])
async def test_the_report_to_the_owner_is_prepared_with_proposals(
    town: Town, language: str
) -> None:
    number = await moved(town)
    who = await reader(town, Role.SUPPORT, language)
    await to_card(who, number)
    await who.press("Documents", PACK)
    await who.press("Report to sign", ASK)
    await who.say("Екінші диск қосу", "The report on incident No. {number}. Check it and sign it.")
    assert (await document(who, f"fault-report-{number}.pdf")).startswith(b"%PDF")


async def test_the_report_may_be_left_to_be_written_on(town: Town) -> None:
    number = await moved(town)
    who = await reader(town, Role.ADMIN)
    await to_card(who, number)
    await who.press("Documents", PACK)
    await who.press("Report to sign", ASK)
    await who.say("x" * 4001, ASK)
    await who.press("Without proposals", "The report is ready.")
    assert (await document(who, f"fault-report-{number}.pdf")).startswith(b"%PDF")


async def test_a_user_gets_the_own_part_from_the_own_card(town: Town) -> None:
    who = await reader(town, Role.SUPPLIER, company=await make_producer(town.site))
    number = await moved(town, await town.actor(who.person))
    await who.say("/faults", "My fault reports")
    await who.press("No. {number}", "Incident No. {number}", number=number)
    await who.press(
        "Evidence (ZIP)", "The evidence on incident No. {number}. Begin with cover.pdf."
    )
    content = await document(who, f"evidence-{number}.zip")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        # Without what the hashes cover: acts of others are no business of a user.
        assert b'"data"' not in archive.read("audit.json")
    assert (await who.alert("incident.paper", number)).show_alert
    assert (await who.alert("incident.papers", number)).show_alert
    other = await reader(town, Role.CUSTOMER, company=await make_customer(town.site))
    assert (await other.alert("incident.evidence", number)).show_alert


async def test_what_does_not_fit_into_one_file_comes_in_several(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(papers, "prepare", partial(prepare, most=4_000_000))
    shots = [bytes([at]) * 1_500_000 for at in range(3)]
    files = [
        FileInfo(f"{at}.png", "image/png", len(shot), await town.site.files.put(shot))
        for at, shot in enumerate(shots)
    ]
    who = await reader(town, Role.SUPPLIER, "kk", await make_producer(town.site))
    await town.services.incidents.report(
        await town.actor(who.person), "Қате", town.clock.now(), "+7 701 000 00 00", files=files
    )
    await who.say("/faults", "My fault reports")
    await who.press("No. {number}", "Incident No. {number}", number=1)
    await who.press("Evidence (ZIP)", "Part {part} of {parts}")
    found = []
    for part in (1, 2, 3):
        content = await document(who, f"evidence-1-{part}.zip")
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            found += [archive.read(name) for name in archive.namelist() if ".png" in name]
    assert sorted(found) == shots


async def test_there_is_no_report_to_sign_before_the_fault_is_confirmed(town: Town) -> None:
    operator = await operator_actor(town)
    number = await town.services.incidents.open_by_operator(operator, "Сбой", at("11-20T09:30"))
    who = await reader(town, Role.SUPPORT)
    await to_card(who, number)
    page = await who.press("Documents", PACK)
    assert who.t.button("Report to sign") not in [each.text for each in page.buttons]
    assert (await who.alert("incident.paper", number)).show_alert
    for name in ("incident.papers", "incident.paper", "incident.evidence"):
        for ids in ((), ("x",), (404,)):
            assert (await who.alert(name, *ids)).show_alert, (name, ids)
