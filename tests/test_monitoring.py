"""The rules, the dashboard and the page for those on call name what the code really has."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from bot.health import AILMENTS, Health
from bot.storage.engine import make_engine
from bot.telegram.limits import Urgency
from bot.web.figures import LANES
from bot.web.metrics import ANSWERS, OUTCOMES, Metrics
from domain.work import Site
from scheduler.watch import Pulse, Watch

FOLDER = Path(__file__).parents[1] / "docs" / "operations"
PAGE = (FOLDER / "monitoring.md").read_text(encoding="utf-8")
RULES = yaml.safe_load((FOLDER / "alerts.yml").read_text(encoding="utf-8"))
DASHBOARD = json.loads((FOLDER / "grafana-dashboard.json").read_text(encoding="utf-8"))

_NAME = re.compile(r"\b(?:tapsyrys|process)_[a-z0-9_]+")
_SELECTED = re.compile(r"\b((?:tapsyrys|process)_[a-z0-9_]+)\{([^}]*)\}")
_LABEL = re.compile(r'(\w+)=~?"([^"]*)"')
# What Prometheus adds to every series.
_ADDED = {"job", "instance"}


class Beating:
    """A part with a pulse, so that every metric of parts is there."""

    pulse = Pulse("deadlines")

    def shake(self) -> None:
        """Nothing hangs."""


Names = dict[str, dict[str, set[str]]]


@pytest.fixture
async def names(site: Site, database_url: str) -> AsyncIterator[Names]:
    """Every name that is served, with its labels and their values."""
    engine, watch = make_engine(database_url), Watch()
    watch.add(Beating())
    Beating.pulse()
    metrics = Metrics(site, watch, Health(), engine)
    metrics.sent("telegram", "sent", 0.1)
    for urgency in Urgency:
        metrics._waits.labels(urgency.name.lower()).observe(0)
    found: Names = {}
    for family in text_string_to_metric_families((await metrics.text()).decode()):
        for sample in family.samples:
            labels = found.setdefault(sample.name, {})
            for name, value in sample.labels.items():
                labels.setdefault(name, set()).add(value)
    yield found
    await engine.dispose()


def rules() -> list[dict[str, Any]]:
    return [rule for group in RULES["groups"] for rule in group["rules"]]


def expressions() -> Iterator[tuple[str, str]]:
    """Every expression with where it stands."""
    for rule in rules():
        yield rule["alert"], rule["expr"]
    for panel in DASHBOARD["panels"]:
        for target in panel["targets"]:
            yield panel["title"], target["expr"]


def anchors() -> set[str]:
    """The anchors of the page's headings, as GitHub makes them."""
    titles = re.findall(r"^#+ (.+)$", PAGE, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title).lower().replace(" ", "-") for title in titles}


async def test_rules_and_dashboard_ask_for_what_there_is(names: Names) -> None:
    asked = {(where, name) for where, expr in expressions() for name in _NAME.findall(expr)}
    assert {(where, name) for where, name in asked if name not in names} == set()
    # All but the rule on processes that do not answer at all: ``up`` is Prometheus's own.
    assert len({where for where, _ in asked}) == len(rules()) + len(DASHBOARD["panels"]) - 1


async def test_they_select_by_labels_and_values_that_there_are(names: Names) -> None:
    for where, expr in expressions():
        for name, selector in _SELECTED.findall(expr):
            for label, values in _LABEL.findall(selector):
                if label in _ADDED:
                    continue
                assert label in names[name], (where, label)
                assert set(values.split("|")) <= names[name][label], (where, values)


def test_expressions_are_closed() -> None:
    for where, expr in expressions():
        for opening, closing in ("()", "{}", "[]"):
            assert expr.count(opening) == expr.count(closing), where


async def test_the_page_knows_every_metric_and_no_other(names: Names) -> None:
    served = {name for name in names if not name.endswith("_created")}
    base = {re.sub(r"_(bucket|count|sum)$", "", name) for name in served}
    ours = {name for name in base if name.startswith("tapsyrys_")}
    said = {name for name in _NAME.findall(PAGE) if name.startswith("tapsyrys_")}
    assert said == ours
    assert {name for name in _NAME.findall(PAGE) if name.startswith("process_")} <= base


def test_each_alert_leads_to_what_to_do() -> None:
    for rule in rules():
        page, _, anchor = rule["annotations"]["runbook"].partition("#")
        assert page == "monitoring.md"
        assert anchor in anchors(), rule["alert"]
        assert rule["annotations"]["summary"]
        assert rule["labels"]["severity"] in ("page", "ticket")
    assert len({rule["alert"] for rule in rules()}) == len(rules())


def test_links_within_the_page_lead_somewhere() -> None:
    assert set(re.findall(r"\]\(#([^)]+)\)", PAGE)) <= anchors()


def test_the_page_names_every_ailment_and_the_values_of_labels() -> None:
    assert [name for name in AILMENTS if f"`{name}`" not in PAGE] == []
    urgencies = [each.name.lower() for each in Urgency]
    for value in (*LANES.values(), *urgencies, *(set(OUTCOMES) - {"other"}), "429", "no_answer"):
        assert f"`{value}`" in PAGE or f'"{value}"' in PAGE, value
    assert {"429", "no_answer"} <= set(ANSWERS)


def test_panels_have_their_own_place_and_number() -> None:
    panels = DASHBOARD["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    taken: set[tuple[int, int]] = set()
    for panel in panels:
        at = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(at["x"], at["x"] + at["w"])
            for y in range(at["y"], at["y"] + at["h"])
        }
        assert not cells & taken, panel["title"]
        assert max(x for x, _ in cells) < 24
        taken |= cells
