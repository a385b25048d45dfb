"""What is marked as a group bears its name where the workers' scheduler reads it."""

from __future__ import annotations

import pytest
from _pytest.nodeid import coerce_node_id
from xdist.scheduler import LoadGroupScheduling  # type: ignore[import-untyped]  # ships no types

from tests.support.groups import bind_groups, groups_of


def test_a_group_is_one_unit_of_work(request: pytest.FixtureRequest) -> None:
    item = request.node
    assert isinstance(item, pytest.Item)
    id_, marks = item._id, item.own_markers[:]
    item.add_marker(pytest.mark.xdist_group("together"))
    try:
        assert "together" in groups_of(item)
        item._id = coerce_node_id(f"{item.nodeid.partition('@')[0]}[a@b]")
        bind_groups([item])
        scheduling = object.__new__(LoadGroupScheduling)
        assert scheduling._split_scope(item.nodeid) == "together"
    finally:
        item._id, item.own_markers[:] = id_, marks
