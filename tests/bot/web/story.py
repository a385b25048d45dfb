"""Companies, an order and offers as an outside program makes them, knowing the API alone."""

from __future__ import annotations

from tests.bot.web.conftest import Answered, Api

CUSTOMER = "050140000656"
FIRST, SECOND, THIRD = "050240000015", "050340000029", "050440000032"
PIPE = "242013.100.000000"
PUMP = "281313.900.000000"


def line(**given: object) -> dict[str, object]:
    return {
        "name_ru": "Труба стальная",
        "name_kk": "Болат құбыр",
        "code": PIPE,
        "quantity": "120.5",
        "unit": "м",
        "allocated_sum": "1250000.50",
        "characteristics": "ГОСТ 10704-91",
        **given,
    }


def order(**given: object) -> dict[str, object]:
    return {
        "customer_bin": CUSTOMER,
        "delivery_place": "Астана",
        "delivery_terms": "DDP",
        "delivery_days": 90,
        "lines": [line()],
        **given,
    }


def offer(supplier: str, **given: object) -> dict[str, object]:
    return {
        "supplier_bin": supplier,
        "lines": [
            {
                "line": 1,
                "quantity": "120.5",
                "price": "1000000.00",
                "delivery_days": 60,
                "characteristics": "ГОСТ 10704-91",
                "warranty": "24 ай",
                **given,
            }
        ],
    }


async def companies(api: Api, *suppliers: str) -> None:
    """The customer, and producers of pipes."""
    await api.ok("PUT", f"/customers/{CUSTOMER}", {"name_ru": "ТОО «Генподряд»"})
    for number in suppliers:
        await api.ok(
            "PUT",
            f"/producers/{number}",
            {
                "name_ru": f"ТОО «Завод {number[-2:]}»",
                "goods": [{"name_ru": "Труба", "code": PIPE, "local_content": "55.5"}],
            },
        )


async def published(api: Api, *suppliers: str) -> int:
    """The number of an order whose window is open."""
    await companies(api, *suppliers)
    made = await api.ok("POST", "/orders", order())
    number = made["number"]
    assert isinstance(number, int)
    await api.ok("POST", f"/orders/{number}/publish")
    return number


def problem(answered: Answered, status: int, code: str) -> dict[str, object]:
    """The problem of an answer that must be one."""
    assert (answered.status, answered.json.get("code")) == (status, code), answered.raw
    assert answered.headers["Content-Type"].startswith("application/problem+json")
    found = answered.json
    assert found["status"] == status
    assert {"type", "title", "status", "code", "clause", "detail", "params"} <= found.keys()
    assert found["detail"]
    return found
