"""Who was told of something that waits, who comes next; and a company's own chains."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aiogram.types import InlineKeyboardButton

from domain.escalations.rules import LONGEST, Step, Who
from domain.escalations.views import ChainView, OwnChain, WokenView
from domain.terms import Term, Unit
from handlers.views import format as fmt
from handlers.views.parts import cut, name_of
from handlers.views.press import press
from handlers.views.shown import Shown, bold, button, keyboard
from handlers.views.translator import Html, Lazy, Translator, escape, join, lazy

#: What a chain waits for.
CATEGORIES: Mapping[str, Lazy] = {
    "confirmation": lazy("Confirming the order", context="chain"),
    "selection": lazy("Choosing suppliers", context="chain"),
    "contract": lazy("Concluding the contract", context="chain"),
    "offer_window": lazy("Answering the invitation", context="chain"),
    "ticket": lazy("Answering the request", context="chain"),
    "incident": lazy("Seeing to the fault", context="chain"),
}
WHO: Mapping[Who, Lazy] = {
    Who.DUTY: lazy("whoever is on duty", context="chain"),
    Who.DEPUTY: lazy("the next by turn", context="chain"),
    Who.HEAD: lazy("the head", context="chain"),
    Who.COMPANY: lazy("everybody of the company", context="chain"),
    Who.EMAIL: lazy("everybody by e-mail", context="chain"),
    Who.OTHER_SIDE: lazy("the other side", context="chain"),
    Who.ADMIN: lazy("the administrators", context="chain"),
    Who.KEEPER: lazy("the operator or the shift", context="chain"),
    Who.LEAD: lazy("the head of support", context="chain"),
}
_STATES: Mapping[str, Lazy] = {
    "running": lazy("Nobody has answered yet.", context="chain"),
    "acked": lazy("Seen: {when}", context="chain"),
    "acted": lazy("Answered: {when}", context="chain"),
    "over": lazy("Ended: {when}", context="chain"),
    "done": lazy("Everybody was told: {when}", context="chain"),
}
_SIDES: Mapping[str, Lazy] = {
    "own": lazy("somebody of the company", context="chain"),
    "other": lazy("the other side", context="chain"),
    "admin": lazy("the administrators", context="chain"),
    "reader": lazy("you", context="chain"),
}
_WOKEN, _CHAINS, _NAME = 6, 5, 60


def chains_page(t: Translator, headline: Html, found: Sequence[ChainView], back: str) -> Shown:
    """What waits about one thing: who was told when, what comes next; ``back``: where from."""
    rows = [_chain(t, each) for each in found[:_CHAINS]]
    more = len(found) - _CHAINS
    if more > 0:
        rows.append(t.plural("and {n} earlier", "and {n} earlier", more))
    if not rows:
        rows = [t("Nothing waits here for anybody, and nobody had to be reminded.")]
    return Shown(
        join([bold(headline), *rows], "\n\n"),
        keyboard([button(t.button("Refresh"), _again(back)), button(t.button("Back"), back)]),
    )


def _again(back: str) -> str:
    _, name, number = back.split(":")[:3]
    return press("chains", "o" if name == "order.card" else "t", number)


def _chain(t: Translator, chain: ChainView) -> Html:
    what = t(CATEGORIES[chain.category])
    company = cut(name_of(t, chain.company), _NAME) if chain.company is not None else ""
    head = bold(what) + (escape(f" · {company}") if company else escape(""))
    return join([head, _state(t, chain), *_woken(t, chain), _next(t, chain)])


def _state(t: Translator, chain: ChainView) -> Html:
    if chain.ended_at is None:
        told = chain.own and chain.next is None
        return t("Everybody was told, nobody has answered yet.") if told else t(_STATES["running"])
    said = t(_STATES[chain.state], when=fmt.moment(t, chain.ended_at))
    return said + escape(f" · {cut(chain.ended_by, _NAME)}") if chain.ended_by else said


def _woken(t: Translator, chain: ChainView) -> list[Html]:
    shown = chain.woken[-_WOKEN:]
    lines = []
    if len(chain.woken) > len(shown):
        lines.append(t("Told before: {count}", count=len(chain.woken) - len(shown)))
    for each in shown:
        who = _who(t, chain, each)
        way = t("by e-mail") if each.channel == "email" else escape("")
        lines.append(join([fmt.moment(t, each.at), who, way], " · "))
    # Of several people without a name, woken at once, one line says everything.
    return list(dict.fromkeys(lines))


def _who(t: Translator, chain: ChainView, each: WokenView) -> Html:
    if each.name:
        return escape(cut(each.name, _NAME))
    # Of another's chain its reader learns only when they were told themselves.
    told = "reader" if each.side == "other" and not chain.own else each.side
    side = _SIDES.get(told, _SIDES["other"])
    return t(side)


def _next(t: Translator, chain: ChainView) -> Html:
    if chain.next is None:
        return escape("")
    return t(
        "Next: {who}, {when}", who=people(t, chain.next.step), when=fmt.moment(t, chain.next.at)
    )


def people(t: Translator, step: Step) -> Html:
    """Whom a step wakes."""
    return join([t(WHO[each]) for each in step.who], ", ")


def own_chains(t: Translator, found: Sequence[OwnChain]) -> Shown:
    """The chains of a company, each with its steps."""
    head = [
        bold(t("When others are woken")),
        t(
            "While nobody of your company has pressed “I have seen it” or answered, the next "
            "people are woken. Only working time counts."
        ),
    ]
    rows = [join([bold(t(CATEGORIES[each.category])), *_steps(t, each)]) for each in found]
    buttons = [
        [button(cut(t.button(CATEGORIES[each.category]), 24), press("duty.chain", each.category))]
        for each in found
    ]
    back = [button(t.button("Back"), press("duty"))]
    return Shown(join([*head, *rows], "\n\n"), keyboard(*buttons, back))


def _steps(t: Translator, chain: OwnChain) -> list[Html]:
    lines = []
    for number, step in enumerate(chain.steps, start=1):
        when = t("after {time}", time=_wait(t, step.after)) if step.after else t("at once")
        lines.append(escape(f"{number}. ") + join([people(t, step), when], " · "))
    return lines


def _wait(t: Translator, minutes: int) -> Html:
    if minutes % 60 or minutes > LONGEST:
        return fmt.term(t, Term(minutes, Unit.WORKING_MINUTES))
    return t.plural("{n} working hour", "{n} working hours", minutes // 60)


_TOGGLED: Mapping[Who, Lazy] = {
    Who.DEPUTY: lazy("The next by turn", context="button"),
    Who.HEAD: lazy("The head", context="button"),
    Who.EMAIL: lazy("E-mail", context="button"),
}


def own_chain(t: Translator, chain: OwnChain) -> Shown:
    """One chain and the ways to change it."""
    named = {who for step in chain.steps for who in step.who}
    known = {who for step in chain.default for who in step.who}
    toggles: list[InlineKeyboardButton] = []
    for who, label in _TOGGLED.items():
        if who in known:
            sign = "✓ " if who in named else "– "
            data = press("duty.chain.who", chain.category, who.value)
            toggles.append(button(sign + t.button(label), data))
    rows = [
        [
            button(t.button("Faster"), press("duty.chain.pace", chain.category, "faster")),
            button(t.button("Slower"), press("duty.chain.pace", chain.category, "slower")),
        ],
        *([each] for each in toggles),
    ]
    if chain.changed:
        usual = press("duty.chain.pace", chain.category, "usual")
        rows.append([button(t.button("As usual"), usual)])
    rows.append([button(t.button("Back"), press("duty.chains"))])
    note = t("Changed for your company.") if chain.changed else t("As it is for everybody.")
    return Shown(
        join([bold(t(CATEGORIES[chain.category])), join(_steps(t, chain)), note], "\n\n"),
        keyboard(*rows),
    )
