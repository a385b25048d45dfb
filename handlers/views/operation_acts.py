"""Names of what is done to keep the service itself in order, for reading the record."""

from __future__ import annotations

from collections.abc import Mapping

from handlers.views.translator import Html, Lazy, Translator, escape, lazy

OPERATION_ACTS: Mapping[str, Lazy] = {
    "notices.replay": lazy("Notices that could not be sent: sent again", context="act"),
    "notices.drop": lazy("Notices that could not be sent: given up", context="act"),
    "restore.settle": lazy("Database restored from a backup", context="act"),
    "restore.send": lazy("Held notices sent", context="act"),
    "restore.drop": lazy("Held notices dropped", context="act"),
    "restore.fire": lazy("Held deadlines released", context="act"),
    "reconciliation.ask": lazy("Check of deadlines and notices asked for", context="act"),
    "reconciliation.keep": lazy("Deadlines and notices checked", context="act"),
    "reconciliation.schedule": lazy("Nightly check set", context="act"),
}

OPERATION_MOMENTS: Mapping[str, Lazy] = {
    "reconciliation.nightly": lazy("Nightly check begun", context="act"),
}

#: What the check of deadlines and notices finds, by its codes.
DIFFERENCES: Mapping[str, Lazy] = {
    "due_differs": lazy("its end is not what the law and the calendar give", context="difference"),
    "due_unlike": lazy("its end is not the one that is shown", context="difference"),
    "deadline_missing": lazy("no deadline runs", context="difference"),
    "deadline_unexpected": lazy("a deadline runs that is over", context="difference"),
    "reminder_left": lazy("a reminder is set for a deadline that is over", context="difference"),
    "not_fired": lazy("a deadline has ended and nothing followed", context="difference"),
    "reminder_missing": lazy("a reminder of a deadline is not set", context="difference"),
    "notice_missing": lazy("somebody was not notified", context="difference"),
    "subject_unknown": lazy("a deadline runs for nothing that exists", context="difference"),
}


def difference(t: Translator, code: str) -> Html:
    """What is wrong, in words; an unknown code as it is written."""
    return t(DIFFERENCES[code]) if code in DIFFERENCES else escape(code)


def subject_name(t: Translator, subject: str) -> Html:
    """What a deadline is about, in words: ``order:12``, ``award:7#one_hour_before``."""
    what, _, number = subject.partition("#")[0].partition(":")
    names = {
        "order": t("Order No. {number}", number=number),
        "award": t("Selection No. {number}", number=number),
        "ticket": t("Ticket No. {number}", number=number),
        "incident": t("Incident No. {number}", number=number),
        "maintenance": t("Works No. {number}", number=number),
    }
    return names[what] if number.isdigit() and what in names else escape(subject)
