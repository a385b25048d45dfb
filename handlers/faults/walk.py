"""Forms whose steps depend on what was answered: on to the next one, back to the one before."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from aiogram.fsm.state import State, StatesGroup
from aiogram.types import Message
from aiogram_dialog import DialogManager
from aiogram_dialog.widgets.kbd import Button

from handlers.context import ctx_of
from handlers.faults.moments import parse_moment
from handlers.forms import Values, go, state_named, tell
from handlers.steps import Take, acts
from handlers.views.faults_words import moment_unclear

REVIEW = "review"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True)
class Walk:
    """The way through a form; ``steps`` names them for what the form holds, without the review."""

    group: type[StatesGroup]
    steps: Callable[[Values], Sequence[str]]

    def state(self, step: str) -> State:
        """The state of a step."""
        found = state_named(self.group, step)
        if found is None:  # pragma: no cover - every step has its window
            raise LookupError(step)
        return found

    def first(self, data: Values) -> State:
        """Where the form begins."""
        return self.state(self.steps(data)[0])

    async def on(self, manager: DialogManager) -> None:
        """To the step after this one, at last to the review."""
        steps = [*self.steps(manager.dialog_data), REVIEW]
        await go(manager, self.state(steps[steps.index(_here(manager)) + 1]))

    async def to(self, manager: DialogManager, step: str) -> None:
        """To a step by its name."""
        await go(manager, self.state(step))

    async def back(self, manager: DialogManager) -> None:
        """To the step before this one."""
        steps = [*self.steps(manager.dialog_data), REVIEW]
        await go(manager, self.state(steps[max(0, steps.index(_here(manager)) - 1)]))

    def back_button(self) -> Button:
        """One step back; the first step has none."""

        def later(_: Values, __: object, manager: DialogManager) -> bool:
            return _here(manager) != self.steps(manager.dialog_data)[0]

        return acts(lambda t, _: t.button("Back"), "back", self.back, when=later)

    def moment(self, step: str, check: Callable[[DialogManager, datetime], None]) -> Take:
        """Takes a typed moment for a step; ``check`` may refuse it."""

        async def take(manager: DialogManager, text: str) -> None:
            ctx = ctx_of(manager)
            found = parse_moment(text, ctx.now)
            if found is None:
                if isinstance(manager.event, Message):
                    await tell(manager.event, manager, moment_unclear(ctx.t))
                return
            await self.put_moment(manager, step, found, check)

        return take

    async def put_moment(
        self,
        manager: DialogManager,
        step: str,
        at: datetime,
        check: Callable[[DialogManager, datetime], None],
    ) -> None:
        """Keep a moment and go on."""
        check(manager, at)
        manager.dialog_data[step] = at.isoformat()
        await self.on(manager)


def unchecked(_: DialogManager, __: datetime) -> None:
    """Any moment will do."""


def _here(manager: DialogManager) -> str:
    name = manager.current_context().state.state or ""
    return name.partition(":")[2]
