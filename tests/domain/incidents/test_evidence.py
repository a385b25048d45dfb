"""Evidence of a fault: everything for those who read incidents, the own part for a user."""

from __future__ import annotations

import pytest

from domain.audit import entry_hash
from domain.errors import NotFound
from domain.files import FileInfo
from domain.incidents.evidence import EvidenceReading
from domain.incidents.views import Scope
from tests.domain.incidents.desk import FACTS, Desk
from tests.domain.stage import Side, Stage, moment, offered

SHOT = FileInfo(name="экран.png", mime="image/png", size=3, sha256="a" * 64)


async def outage(desk: Desk, stage: Stage) -> tuple[int, int, Side, Side, Side]:
    """A fault reported by two suppliers that moved the window of one order."""
    customer, first, second = (
        await stage.customer(),
        await stage.supplier(),
        await stage.supplier("ТОО «Второй»"),
    )
    order = await stage.order(customer)
    await stage.at("11-24 12:00")
    taken = await desk.report(first, "11-24 11:10", files=(SHOT,))
    await desk.report(second, "11-24 11:20", join=taken.incident, text="Другой текст")
    await stage.at("11-24 15:00")
    await desk.fault("11-24 11:00", "11-24 13:00", number=taken.incident)
    await desk.apply(taken.incident)
    return taken.incident, order, customer, first, second


@pytest.mark.parametrize("who", ["operator", "authority"])
async def test_the_desk_and_the_authority_get_all_of_it(desk: Desk, stage: Stage, who: str) -> None:
    number, order, *_ = await outage(desk, stage)
    await desk.services.health.gap("telegram", moment("11-24 11:00"), moment("11-24 12:55"))
    await desk.services.health.gap("bot", moment("11-24 13:00"), moment("11-24 14:00"))
    actor = desk.operator if who == "operator" else desk.authority
    found = await EvidenceReading(stage.site).of(actor, number)
    assert found.whole
    assert [each.text for each in found.reports][1] == "Другой текст"
    assert [file.sha256 for file in found.reports[0].files] == [SHOT.sha256]
    # What ended before the fault, or began when it was mended, is no evidence of it.
    assert [(each.part, each.began_at) for each in found.gaps] == [
        ("telegram", moment("11-24 11:00"))
    ]
    assert [(each.what, each.order, each.old, each.new) for each in found.effects] == [
        ("moved", order, moment("11-25 00:00"), moment("11-26 00:00"))
    ]
    assert found.customers[order][1] == "ТОО «Генподряд»"
    acts = [each.action for each in found.decisions]
    assert acts == [
        "incident.report",
        "incident.report",
        "incident.confirm",
        "incident.agree",
        "incident.apply",
    ]
    assert found.as_of == found.decisions[-1].at


async def test_the_hash_of_each_entry_can_be_counted_again(desk: Desk, stage: Stage) -> None:
    number, *_ = await outage(desk, stage)
    found = await EvidenceReading(stage.site).of(desk.operator, number)
    assert found.decisions
    for each in found.decisions:
        assert entry_hash(each.previous_hash, each.values) == each.hash


async def test_a_user_gets_the_own_report_and_the_own_orders_only(desk: Desk, stage: Stage) -> None:
    number, order, customer, first, second = await outage(desk, stage)
    reading = EvidenceReading(stage.site)
    mine = await reading.of(first.me, number)
    assert not mine.whole
    assert [each.person_id for each in mine.reports] == [first.me.person_id]
    assert [each.order for each in mine.effects] == [order]
    assert {each.action for each in mine.decisions} == {
        "incident.report",
        "incident.confirm",
        "incident.agree",
        "incident.apply",
    }
    assert sum(each.own for each in mine.decisions) == 1
    assert all(each.values == {} and each.person_id is None for each in mine.decisions)
    assert (mine.incident.reports, mine.incident.facts) == (1, FACTS)
    theirs = await reading.of(second.me, number)
    assert [each.text for each in theirs.reports] == ["Другой текст"]
    # The customer reported nothing: the order that was moved is theirs.
    ordered = await reading.of(customer.me, number)
    assert (list(ordered.reports), [each.order for each in ordered.effects]) == ([], [order])


async def test_who_has_no_part_in_it_finds_nothing(desk: Desk, stage: Stage) -> None:
    number, *_ = await outage(desk, stage)
    other = await stage.customer("ТОО «Чужой»")
    reading = EvidenceReading(stage.site)
    for actor, wanted in ((other.me, number), (desk.operator, 404), (other.me, 404)):
        with pytest.raises(NotFound, match="incident_unknown"):
            await reading.of(actor, wanted)


async def test_a_user_does_not_read_what_the_desk_and_the_authority_settle(
    desk: Desk, stage: Stage
) -> None:
    customer, supplier = await stage.customer(), await stage.supplier()
    mine, other = await stage.order(customer), await stage.order(await stage.customer("ТОО «Б»"))
    await stage.at("11-24 15:00")
    taken = await desk.report(supplier, "11-24 14:00")
    reach = Scope("orders", orders=(mine, other))
    await desk.incidents.confirm(
        desk.operator,
        taken.incident,
        FACTS,
        moment("11-24 11:00"),
        reach,
        "low",
        mended_at=moment("11-24 13:00"),
    )
    await desk.incidents.return_level(desk.authority, taken.incident, "Уровень завышен")
    found = await EvidenceReading(stage.site).of(supplier.me, taken.incident)
    assert (found.incident.level, found.incident.level_state) == (None, "none")
    assert found.incident.level_note == ""
    assert found.incident.scope.orders == ()
    assert "incident.return" not in {each.action for each in found.decisions}
    whole = await EvidenceReading(stage.site).of(desk.operator, taken.incident)
    assert whole.incident.level_note == "Уровень завышен"


async def test_a_supplier_sees_no_award_of_another(desk: Desk, stage: Stage) -> None:
    customer, winner, loser = (
        await stage.customer(),
        await stage.supplier(),
        await stage.supplier("ТОО «Второй»"),
    )
    order = await stage.closed(customer, (winner, offered()), (loser, offered()))
    await stage.select(customer, order, (winner, "100"))
    (due,) = await stage.deadlines("confirmation")
    assert due.due_at == moment("11-28 00:00")
    await stage.at("11-27 15:00")
    fault = await desk.fault("11-27 11:00", "11-27 13:00")
    await desk.apply(fault)
    reading = EvidenceReading(stage.site)
    for side in (winner, customer):
        (effect,) = (await reading.of(side.me, fault)).effects
        assert (effect.kind, effect.subject) == ("confirmation", due.subject)
    with pytest.raises(NotFound, match="incident_unknown"):
        await reading.of(loser.me, fault)
