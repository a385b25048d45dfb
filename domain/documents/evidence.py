"""The evidence pack of a fault: a ZIP with a PDF that lists everything in it by SHA-256.

The same evidence makes the same bytes: times inside the archive are fixed, and nothing is
drawn from the clock.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from domain.documents.evidence_cover import Listed, Omission, render_cover
from domain.documents.evidence_texts import file_member, text_members
from domain.incidents.evidence import Evidence
from domain.incidents.views import ReportView

#: Telegram takes 50 MB from a bot: with room for what goes around the file.
MOST_BYTES = 45 * 1024 * 1024
# The cover, the list of sums and the directory of the archive.
_ROOM = 2 * 1024 * 1024
_EPOCH = (1980, 1, 1, 0, 0, 0)
_UNIX, _PLAIN_FILE = 3, 0o100644 << 16

COVER, SUMS = "cover.pdf", "SHA256SUMS.txt"


@dataclass(frozen=True)
class Wanted:
    """A file that somebody gave as evidence: where it goes in the archive, and by what hash."""

    member: str
    sha256: str
    size: int


@dataclass(frozen=True)
class Prepared:
    """What goes into a pack: written texts, files to be fetched, and what finds no room.

    ``room`` is what is left of the bound, in bytes: a copy may be bigger than it was said to be.
    """

    evidence: Evidence
    texts: Mapping[str, bytes]
    files: Sequence[Wanted]
    omitted: Sequence[Omission]
    room: int


@dataclass(frozen=True)
class Pack:
    """A finished pack; ``omitted`` are files that are not in it, with the reason."""

    content: bytes
    members: Sequence[Listed]
    omitted: Sequence[Omission]


def prepare(evidence: Evidence, most: int = MOST_BYTES) -> Prepared:
    """Write the texts and choose the files that fit, in the order in which they were given.

    ``most`` bounds the archive, in bytes. A file that does not fit is named with its hash.
    """
    texts = text_members(evidence)
    room = most - _ROOM - sum(map(len, texts.values()))
    files: list[Wanted] = []
    omitted: list[Omission] = []
    for wanted in _files(evidence.reports):
        if not wanted.sha256:
            omitted.append(Omission(wanted.member, "", "copy"))
        elif wanted.size > room:
            omitted.append(Omission(wanted.member, wanted.sha256, "size"))
        else:
            room -= wanted.size
            files.append(wanted)
    return Prepared(evidence, texts, files, omitted, room)


def build_pack(prepared: Prepared, contents: Mapping[str, bytes]) -> Pack:
    """The archive; ``contents`` are the files by their SHA-256, without those that are lost."""
    members = dict(prepared.texts)
    omitted, room = list(prepared.omitted), prepared.room
    for wanted in prepared.files:
        content = contents.get(wanted.sha256)
        more = 0 if content is None else len(content) - wanted.size
        if content is None:
            omitted.append(Omission(wanted.member, wanted.sha256, "copy"))
        elif more > room:
            omitted.append(Omission(wanted.member, wanted.sha256, "size"))
        else:
            room -= more
            members[wanted.member] = content
    listed = [_listed(name, content) for name, content in members.items()]
    cover = render_cover(prepared.evidence, listed, omitted)
    whole = [_listed(COVER, cover), *listed]
    sums = "".join(f"{each.sha256}  {each.name}\n" for each in whole).encode()
    content = _archive({COVER: cover, SUMS: sums, **members})
    return Pack(content, whole, omitted)


def _files(reports: Sequence[ReportView]) -> list[Wanted]:
    return [
        Wanted(file_member(report.id, file), file.sha256, file.size)
        for report in reports
        for file in report.files
    ]


def _listed(name: str, content: bytes) -> Listed:
    return Listed(name, len(content), hashlib.sha256(content).hexdigest())


def _archive(members: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            info = zipfile.ZipInfo(name, _EPOCH)
            info.create_system, info.external_attr = _UNIX, _PLAIN_FILE
            # Pictures do not shrink; what is stored has the size it was counted with.
            stored = name.startswith("reports/") and not name.endswith(".json")
            info.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    return buffer.getvalue()
