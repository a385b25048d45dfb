"""Many lines of one selection: asked for, confirmed and lapsed as one, told of once."""

from __future__ import annotations

import asyncio
import json
from decimal import Decimal

import pytest

from domain.errors import AccessDenied, Conflict, NotFound
from domain.notices.model import Notice
from domain.orders.views import AwardView
from domain.registry.rules import Status
from tests.domain.stage import Side, Stage, new_line, offered
from tests.support.factories import again


async def lines_given(
    stage: Stage, customer: Side, count: int, *suppliers: Side
) -> tuple[int, list[AwardView]]:
    """An order whose lines were given to the suppliers in turn, in one selection."""
    number = await stage.order(customer, *(new_line() for _ in range(count)))
    for supplier in suppliers:
        await stage.offer(supplier, number, *(offered(line=at + 1) for at in range(count)))
    await stage.until("11-25 10:00")
    turns = [(suppliers[at % len(suppliers)], "100", at + 1) for at in range(count)]
    return number, await stage.select(customer, number, *turns)


def lines_of(notice: Notice) -> list[str]:
    """The lines whose goods a notice names."""
    return [good["line"] for good in json.loads(json.dumps(notice.params["goods"]))]


async def test_a_selection_of_many_lines_is_told_in_one_message(stage: Stage) -> None:
    customer, one, two = await stage.customer(), await stage.supplier(), await stage.supplier()
    _, awards = await lines_given(stage, customer, 5, one, two)
    (first,) = await stage.told(one, "award.selected")
    (second,) = await stage.told(two, "award.selected")
    assert (first.params["award"], first.params["awards"]) == (awards[0].id, 3)
    assert (second.params["award"], second.params["awards"]) == (awards[1].id, 2)
    assert lines_of(first) == ["1", "3", "5"]


@pytest.mark.clause("344-13.7b", "344-13.8a")
async def test_all_lines_are_confirmed_in_one_act(stage: Stage) -> None:
    """One protocol, one notice to each, and what each confirmation binds to on record."""
    customer, one, two = await stage.customer(), await stage.supplier(), await stage.supplier()
    number, awards = await lines_given(stage, customer, 5, one, two)
    mine = [award.id for award in awards if award.supplier.bin == one.bin]
    act = one.me
    assert await stage.awards.confirm_all(act, mine[1]) == mine
    assert await stage.awards.confirm_all(act, mine[1]) == mine
    card = await stage.card(customer, number)
    states = [award.state for award in card.awards]
    assert states == ["active", "pending", "active", "pending", "active"]
    assert (card.state, card.protocol_version) == ("confirming", 1)
    protocol, _ = await stage.awards.protocol(customer.me, number)
    assert [winner.amount for winner in protocol.winners] == [Decimal(900_000)] * 3
    for side in (customer, one):
        (told,) = await stage.told(side, "award.confirmed")
        assert (told.params["award"], told.params["awards"]) == (mine[0], 3)
        assert lines_of(told) == ["1", "3", "5"]
    for award in mine:
        entry = (await stage.record(f"award:{award}"))[-1]
        assert (entry.action, entry.person_id) == ("award.confirm", one.person.person_id)
        assert entry.data["characteristics"] == "ГОСТ 10704-91, Ø 108 мм"
    entry = [row for row in await stage.record(f"order:{number}") if "confirm" in row.action][-1]
    assert (entry.action, entry.data["confirmed"]) == ("award.confirm_all", mine)
    terms = [row for row in await stage.deadlines("confirmation") if row.state == "open"]
    assert len(terms) == 2
    contracts = await stage.deadlines("contract")
    assert (len(contracts), len({row.due_at for row in contracts})) == (3, 1)


async def test_what_was_answered_line_by_line_stays_answered(stage: Stage) -> None:
    customer, one = await stage.customer(), await stage.supplier()
    number, awards = await lines_given(stage, customer, 3, one)
    await stage.awards.refuse(one.me, awards[0].id, "нет металла")
    # Also by the number of the line that was refused: it stands for the selection.
    assert await stage.awards.confirm_all(one.me, awards[0].id) == [awards[1].id, awards[2].id]
    outcomes = [each.outcome for each in await stage.awards.selection(one.me, awards[0].id)]
    assert outcomes == ["refused", "confirmed", "confirmed"]
    with pytest.raises(Conflict, match="award_decided"):
        await stage.awards.confirm_all(one.me, awards[1].id)
    assert (await stage.card(customer, number)).protocol_version == 2


async def test_a_later_selection_is_not_confirmed_with_an_earlier_one(stage: Stage) -> None:
    customer, one = await stage.customer(), await stage.supplier()
    number = await stage.order(customer, new_line(), new_line())
    await stage.offer(one, number, offered(), offered(line=2))
    await stage.until("11-25 10:00")
    (first,) = await stage.select(customer, number, (one, "100", 1))
    await stage.until("11-25 11:00")
    (second,) = await stage.select(customer, number, (one, "100", 2))
    assert await stage.awards.confirm_all(one.me, first.id) == [first.id]
    assert (await stage.awards.one(one.me, second.id)).state == "pending"


async def test_only_the_selected_company_confirms_all_and_in_time(stage: Stage) -> None:
    customer, one, two = await stage.customer(), await stage.supplier(), await stage.supplier()
    _, awards = await lines_given(stage, customer, 3, one)
    with pytest.raises(AccessDenied, match="not_your_company"):
        await stage.awards.confirm_all(two.me, awards[0].id)
    with pytest.raises(NotFound, match="award_unknown"):
        await stage.awards.selection(two.me, awards[0].id)
    with pytest.raises(NotFound, match="award_unknown"):
        await stage.awards.confirm_all(one.me, 10**30)
    await stage.strike(one, Status.UNFAIR)
    with pytest.raises(AccessDenied, match="company_unfair"):
        await stage.awards.confirm_all(one.me, awards[0].id)
    await stage.at("11-28 00:00")
    with pytest.raises(Conflict, match="award_lapsed"):
        await stage.awards.confirm_all(one.me, awards[0].id)


async def test_confirming_all_and_refusing_one_at_once(stage: Stage) -> None:
    customer, one = await stage.customer(), await stage.supplier()
    colleague = await stage.colleague(one)
    number, awards = await lines_given(stage, customer, 3, one)
    await asyncio.gather(
        stage.awards.confirm_all(one.me, awards[0].id),
        stage.awards.refuse(again(colleague), awards[1].id, "нет металла"),
        return_exceptions=True,
    )
    found = await stage.awards.selection(one.me, awards[0].id)
    assert [each.outcome for each in (found[0], found[2])] == ["confirmed"] * 2
    assert found[1].outcome in ("confirmed", "refused")
    versions = (await stage.card(customer, number)).protocol_version
    assert versions == (1 if found[1].outcome == "confirmed" else 2)


@pytest.mark.clause("344-13.10", "344-13.8a")
async def test_lapses_of_one_instant_form_one_protocol_told_once(stage: Stage) -> None:
    customer = await stage.customer()
    one, two = await stage.supplier("ТОО «А»"), await stage.supplier("ТОО «Б»")
    number, awards = await lines_given(stage, customer, 5, one, two)
    await stage.awards.confirm(two.me, awards[1].id)
    before = (await stage.card(customer, number)).protocol_version
    await stage.until("11-28 10:00")
    card = await stage.card(customer, number)
    outcomes = [award.outcome for award in card.awards]
    assert outcomes == ["lapsed", "confirmed", "lapsed", "lapsed", "lapsed"]
    assert card.protocol_version == before + 1
    (told,) = await stage.told(customer, "award.lapsed")
    assert told.params["awards"] == 4
    assert "ТОО «А»" in str(told.params["suppliers"])
    assert "ТОО «Б»" in str(told.params["suppliers"])
    for side, lines in ((one, ["1", "3", "5"]), (two, ["4"])):
        (told,) = await stage.told(side, "award.lapsed")
        assert (lines_of(told), told.params["suppliers"]) == (lines, [])
        assert len(await stage.told(side, "protocol.formed")) == before + 1
    terms = {row.subject: row.state for row in await stage.deadlines("confirmation")}
    assert terms.pop(f"award:{awards[1].id}") == "done"
    assert set(terms.values()) == {"fired"}
    lapses = ("award.lapse", "due.confirmation")
    for subject in terms:
        entries = [each.action for each in await stage.record(subject)]
        assert len([each for each in entries if each in lapses]) == 1


async def test_lapses_beyond_one_batch_of_the_sweep_are_still_one(stage: Stage) -> None:
    customer, one = await stage.customer(), await stage.supplier()
    number, _ = await lines_given(stage, customer, 4, one)
    await stage.at("11-28 00:00")
    while await stage.services.deadlines.fire_due(limit=2):
        pass
    assert len(await stage.told(customer, "award.lapsed")) == 1
    assert (await stage.card(customer, number)).protocol_version == 1


async def test_a_selection_is_reminded_of_once(stage: Stage) -> None:
    customer, one = await stage.customer(), await stage.supplier()
    _, awards = await lines_given(stage, customer, 4, one)
    await stage.awards.confirm(one.me, awards[0].id)
    await stage.until("11-27 23:00")
    told = await stage.told(one, "remind.confirmation")
    assert [(row.params["award"], row.params["awards"]) for row in told] == [
        (awards[1].id, 3)
    ] * len(told)
    assert len({row.created_at for row in told}) == len(told) > 1
