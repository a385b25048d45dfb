"""What users are told of a fault, and which protocols it undoes (366, 24, 29.2 and 29.4)."""

from __future__ import annotations

import pytest

from domain.actor import Actor
from domain.incidents.views import Scope
from tests.domain.incidents.desk import TEXT, Desk
from tests.domain.stage import Stage, moment


@pytest.mark.clause("366-29.2")
async def test_notices_say_when_the_fault_began_and_ended(desk: Desk, stage: Stage) -> None:
    customer, supplier = await stage.customer(), await stage.supplier()
    await stage.order(customer)
    taken = await desk.report(supplier, "11-20 09:30")
    await stage.at("11-20 12:00")
    fault = await desk.fault("11-20 09:10", None, number=taken.incident)
    await stage.at("11-20 15:00")
    await desk.incidents.mend(desk.operator, fault, moment("11-20 14:20"), "Заменён диск")
    for person in (customer, supplier):
        (began,) = await stage.told(person, "incident.began")
        assert began.params["began_at"] == "2026-11-20T04:10:00Z"
        assert began.params["mended_at"] is None
        mended = (await stage.told(person, "incident.mended"))[0]
        assert mended.params["began_at"] == "2026-11-20T04:10:00Z"
        assert mended.params["mended_at"] == "2026-11-20T09:20:00Z"


@pytest.mark.clause("366-24")
async def test_users_see_no_level_before_the_authorised_body_agrees(
    desk: Desk, stage: Stage
) -> None:
    customer, supplier = await stage.customer(), await stage.supplier()
    await stage.order(customer)
    taken = await desk.report(supplier, "11-20 09:30")
    fault = await desk.fault("11-20 09:00", None, number=taken.incident, agree=False)
    guest = Actor(kind="guest", source="api", cause="status")

    async def shown() -> set[str | None]:
        status = await desk.services.maintenance.status(guest)
        own = await desk.incidents.my_reports(supplier.me, fault)
        rows, _ = await desk.incidents.mine(supplier.me)
        told = [*await stage.told(supplier, "incident."), *await stage.told(customer, "incident.")]
        return {
            *(each.level for each in (*status.incidents, *status.past_incidents)),
            own.incident.level,
            *(row.level for row in (*rows, *await desk.incidents.similar(supplier.me, TEXT))),
            *(None if each.params.get("level") is None else "told" for each in told),
        }

    assert (await desk.one(fault)).level == "high"
    assert await shown() == {None}
    await desk.incidents.agree_level(desk.authority, fault)
    assert "high" in await shown()


@pytest.mark.clause("366-29.4")
@pytest.mark.parametrize(
    ("began", "mended"),
    [
        ("11-20 09:00", "11-20 09:30"),  # over before the order was published
        ("11-25 09:00", "11-25 09:30"),  # began when the protocol was formed long ago
    ],
)
async def test_protocols_formed_out_of_the_fault_stay(
    desk: Desk, stage: Stage, began: str, mended: str
) -> None:
    customer, _ = await stage.customer(), await stage.supplier()
    number = await stage.order(customer)
    await stage.until("11-25 10:00")
    # The platform has formed it by itself at midnight, as nobody has offered.
    before = await stage.card(customer, number)
    assert (before.state, before.protocol_version) == ("failed", 1)
    fault = await desk.fault(began, mended, scope=Scope())
    assert [each.what for each in (await desk.preview(fault)).effects] == []
    await desk.apply(fault)
    assert (await stage.card(customer, number)).protocol_version == 1
    assert await desk.incidents.annulled(customer.me, number) == []
