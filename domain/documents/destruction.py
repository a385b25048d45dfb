"""The act of destruction of recordings (act 366, clause 21.3): a PDF drawn from its rows."""

from __future__ import annotations

from datetime import datetime

from babel.numbers import format_decimal

from domain.documents.formatting import moment_text, short_moment_text, shown
from domain.documents.labels import LANGUAGES, Language, labels
from domain.documents.typesetting import to_pdf
from domain.support.recording_views import ActView, ItemView


def render_act(act: ActView) -> bytes:
    """The act as a PDF, Kazakh first, then Russian; the same bytes for the same act."""
    return to_pdf("destruction.typ", act_view(act), created_at=act.finished_at or act.begun_at)


def act_view(act: ActView) -> dict[str, object]:
    """Everything ``destruction.typ`` needs: finished strings in both languages."""
    footers = (labels("destruction", language)["footer"] for language in LANGUAGES)
    return {
        "footer": " · ".join(footer.format(number=act.number) for footer in footers),
        "parts": [_part(act, language) for language in LANGUAGES],
    }


def _part(act: ActView, language: Language) -> dict[str, object]:
    text = labels("destruction", language)
    gone = [item for item in act.items if item.state != "kept"]
    kept = [item for item in act.items if item.state == "kept"]
    facts = {
        "number": f"№ {act.number}",
        "begun_at": moment_text(act.begun_at, language),
        "finished_at": moment_text(act.finished_at, language)
        if act.finished_at
        else text["unfinished"],
        "ground": text[f"ground_{act.ground}"],
        "executor": _executor(act.executor, text),
        "count": str(sum(item.state == "destroyed" for item in gone)),
    }
    return {
        "language": language,
        "label": text,
        "facts": [[text[key], value] for key, value in facts.items()],
        "items": [_row(item, language) for item in gone],
        "kept": [f"{_ticket(item)} · {_kind(item, text)} · {item.sha256}" for item in kept],
    }


def _executor(executor: str, text: dict[str, str]) -> str:
    if executor == "cli":
        return text["executor_cli"]
    return (
        text["executor_person"].format(name=shown(executor))
        if executor
        else (text["executor_platform"])
    )


def _ticket(item: ItemView) -> str:
    return f"№ {item.ticket}" if item.ticket is not None else "–"


def _kind(item: ItemView, text: dict[str, str]) -> str:
    return text.get(f"kind_{item.kind}", item.kind)


def _row(item: ItemView, language: Language) -> dict[str, str]:
    text = labels("destruction", language)
    return {
        "number": str(item.position),
        "ticket": _ticket(item),
        "kind": _kind(item, text),
        "duration": _clock(item.duration),
        "size": "–" if item.size is None else format_decimal(item.size, locale="ru"),
        "hash": item.sha256 or "–",
        "collected": _moment(item.collected_at, text["unknown"], language),
        "destroyed": _moment(item.destroyed_at, text["unfinished"], language),
        "note": "; ".join(_notes(item, text)),
    }


def _notes(item: ItemView, text: dict[str, str]) -> list[str]:
    notes = []
    if not item.sha256:
        notes.append(text["note_never_stored"])
    if item.recording is None:
        notes.append(text["note_orphan"])
    if item.transcribed:
        notes.append(text["note_transcript"])
    if item.shared:
        notes.append(text["note_shared"])
    if item.copies_deleted:
        notes.append(text["note_copies"].format(count=item.copies_deleted))
    if item.copies_left:
        notes.append(text["note_copies_left"].format(count=item.copies_left))
    return notes


def _clock(seconds: int | None) -> str:
    """A duration in minutes and seconds: ``2:05``."""
    return "–" if seconds is None else f"{seconds // 60}:{seconds % 60:02}"


def _moment(moment: datetime | None, missing: str, language: Language) -> str:
    return missing if moment is None else short_moment_text(moment, language)
