"""The evidence pack of a fault: a ZIP with a PDF that lists everything in it by SHA-256.

What does not fit into one file of Telegram goes on in further parts.

The same evidence makes the same bytes: times inside the archive are fixed, and nothing is
drawn from the clock.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from domain.documents.evidence_cover import Elsewhere, Listed, Omission, render_cover
from domain.documents.evidence_texts import file_member, text_members
from domain.incidents.evidence import Evidence
from domain.incidents.views import ReportView

#: Telegram takes 50 MB from a bot: with room for what goes around the file.
MOST_BYTES = 45 * 1024 * 1024
# The cover, the list of sums and the directory of the archive.
_ROOM = 2 * 1024 * 1024
_EPOCH = (1980, 1, 1, 0, 0, 0)
_UNIX, _PLAIN_FILE = 3, 0o100644 << 16

COVER, SUMS, MISSING = "cover.pdf", "SHA256SUMS.txt", "MISSING.txt"


@dataclass(frozen=True)
class Wanted:
    """A file that somebody gave as evidence: where it goes in the archive, and by what hash."""

    member: str
    sha256: str
    size: int


@dataclass(frozen=True)
class Prepared:
    """What goes into a pack: written texts, files to be fetched, and what finds no room.

    ``files`` by part, the first of which has the texts and the cover; ``room`` is what is left
    of the bound of each part, in bytes: a copy may be bigger than it was said to be.
    """

    evidence: Evidence
    texts: Mapping[str, bytes]
    files: Sequence[Sequence[Wanted]]
    omitted: Sequence[Omission]
    room: Sequence[int]

    @property
    def parts(self) -> int:
        """How many archives it makes."""
        return len(self.files)


@dataclass(frozen=True)
class Pack:
    """A finished archive, the part ``part`` (from 1) of ``parts``.

    ``omitted`` are files that are in none of them, or whose copy does not fit, with the reason.
    """

    content: bytes
    members: Sequence[Listed]
    omitted: Sequence[Omission]
    part: int = 1
    parts: int = 1


def evidence_name(number: int, pack: Pack) -> str:
    """What the file of a part is called."""
    part = f"-{pack.part}" if pack.parts > 1 else ""
    return f"evidence-{number}{part}.zip"


def prepare(evidence: Evidence, most: int = MOST_BYTES) -> Prepared:
    """Write the texts and choose for each file the first part in which it fits.

    ``most`` bounds each archive, in bytes. A file that fits into none is named with its hash.
    """
    texts = text_members(evidence)
    empty = most - _ROOM
    room = [empty - sum(map(len, texts.values()))]
    files: list[list[Wanted]] = [[]]
    omitted: list[Omission] = []
    for wanted in _files(evidence.reports):
        if not wanted.sha256:
            omitted.append(Omission(wanted.member, "", "copy"))
            continue
        if wanted.size > max(empty, room[0]):
            omitted.append(Omission(wanted.member, wanted.sha256, "size"))
            continue
        part = next((at for at, left in enumerate(room) if wanted.size <= left), len(room))
        if part == len(room):
            room.append(empty)
            files.append([])
        room[part] -= wanted.size
        files[part].append(wanted)
    return Prepared(evidence, texts, files, omitted, room)


def build_pack(prepared: Prepared, contents: Mapping[str, bytes], part: int = 1) -> Pack:
    """One part (from 1); ``contents`` are its files by their SHA-256, without those lost."""
    first = part == 1
    members = dict(prepared.texts) if first else {}
    omitted, room = list(prepared.omitted if first else ()), prepared.room[part - 1]
    for wanted in prepared.files[part - 1]:
        content = contents.get(wanted.sha256)
        more = 0 if content is None else len(content) - wanted.size
        if content is None:
            omitted.append(Omission(wanted.member, wanted.sha256, "copy"))
        elif more > room:
            omitted.append(Omission(wanted.member, wanted.sha256, "size"))
        else:
            room -= more
            members[wanted.member] = content
    if first:
        listed = [_listed(name, content) for name, content in members.items()]
        cover = render_cover(prepared.evidence, listed, omitted, elsewhere_in(prepared))
        members = {COVER: cover, **members}
    elif omitted:
        # The cover stands in the first part and says that they are here.
        lines = [f"{each.sha256}  {each.name}  {each.reason}\n" for each in omitted]
        members = {MISSING: "".join(lines).encode(), **members}
    whole = [_listed(name, content) for name, content in members.items()]
    sums = "".join(f"{each.sha256}  {each.name}\n" for each in whole).encode()
    content = _archive({**members, SUMS: sums})
    return Pack(content, whole, omitted, part, prepared.parts)


def elsewhere_in(prepared: Prepared) -> list[Elsewhere]:
    """The files that are in a later part."""
    return [
        Elsewhere(wanted.member, wanted.sha256, at)
        for at, files in enumerate(prepared.files[1:], start=2)
        for wanted in files
    ]


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
