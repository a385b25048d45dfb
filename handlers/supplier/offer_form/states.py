"""Where a person can stand in the form of an offer."""

from __future__ import annotations

from aiogram.fsm.state import State, StatesGroup


class OfferForm(StatesGroup):
    """The steps of one line in order, and the windows around them."""

    resume = State()
    quantity = State()
    price = State()
    days = State()
    characteristics = State()
    photos = State()
    warranty = State()
    review = State()
    fields = State()
    leave = State()


def state_of_step(step: str) -> State:
    """The window of a step of the draft."""
    found = getattr(OfferForm, step)
    if not isinstance(found, State):  # pragma: no cover - steps are names of states
        raise TypeError(f"not a step: {step}")
    return found
