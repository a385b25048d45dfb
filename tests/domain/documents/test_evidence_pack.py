"""The evidence pack: complete by its own list, bounded, the same bytes for the same record."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from domain.documents.evidence import (
    COVER,
    MISSING,
    SUMS,
    Pack,
    Prepared,
    build_pack,
    elsewhere_in,
    prepare,
)
from domain.documents.evidence_cover import ROWS_SHOWN, cover_view
from domain.incidents.evidence import Evidence
from tests.domain.documents.document_samples import NASTY, texts_of
from tests.domain.documents.incident_samples import (
    a_decision,
    a_file,
    a_report,
    an_effect,
    an_evidence,
)

SHOTS = {hashlib.sha256(each).hexdigest(): each for each in (b"png", b"second")}


def packed(evidence: Evidence, contents: Mapping[str, bytes] = SHOTS) -> Pack:
    return build_pack(prepare(evidence), contents)


def members(pack: Pack) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(pack.content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def test_everything_in_it_is_listed_by_its_sum() -> None:
    evidence = an_evidence(a_report(7, a_file(1), a_file(2, b"second")), a_report(8))
    pack = packed(evidence)
    found = members(pack)
    assert set(found) == {
        *(COVER, SUMS, "incident.json", "audit.json", "health-gaps.csv", "terms.csv"),
        *("reports/7/report.json", "reports/8/report.json"),
        *("reports/7/1-экран_1.png", "reports/7/2-экран_1.png"),
    }
    assert found["reports/7/2-экран_1.png"] == b"second"
    lines = [line.split("  ", 1) for line in found[SUMS].decode().splitlines()]
    sums = {name: digest for digest, name in lines}
    assert sums == {
        name: hashlib.sha256(content).hexdigest() for name, content in found.items() if name != SUMS
    }
    said = "\n".join(texts_of(cover_view(evidence, pack.members[1:], pack.omitted)))
    for name, digest in sums.items():
        assert name == COVER or (name in said and digest in said)
    assert found[COVER].startswith(b"%PDF-")
    assert pack.omitted == []


def test_the_same_record_makes_the_same_bytes() -> None:
    evidence = an_evidence(a_report(7, a_file()))
    assert packed(evidence).content == packed(evidence).content
    with zipfile.ZipFile(io.BytesIO(packed(evidence).content)) as archive:
        assert {each.date_time for each in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_what_is_copied_from_the_cover_holds_no_characters_of_its_own() -> None:
    long = a_report(7, a_file(1, name="экран" * 30 + ".png"), text="x" * 300)
    cover = members(packed(an_evidence(long, decisions=(a_decision(),))))[COVER]
    found = []
    for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", cover, re.DOTALL):
        try:
            found.append(zlib.decompress(stream))
        except zlib.error:
            found.append(stream)
    # What the glyphs stand for when their text is copied: a zero-width space is in none of them.
    assert [each for each in found if b"begincmap" in each]
    stand_for = [each for all_ in found for each in re.findall(rb"<([0-9A-F]{4,})>", all_)]
    assert not [each for each in stand_for if b"200B" in re.findall(rb".{4}", each)]


def test_terms_end_at_24_of_the_day_before() -> None:
    made = an_effect(what="annulled", old=an_effect().old, new=None)
    moved: Any = cover_view(an_evidence(effects=[an_effect(), made]), [], [])["parts"]
    for part in moved:
        (table,) = [each for each in part["tables"] if each["title"] == part["label"]["effects"]]
        (term, protocol) = [row[4:6] for row in table["rows"]]
        assert term == ["24.11.2026 24:00 (Астана)", "25.11.2026 24:00 (Астана)"]
        assert protocol == ["25.11.2026 00:00:00 (Астана)", "–"]


def test_files_that_find_no_room_are_named_with_their_sums() -> None:
    big = bytes(3_000_000)
    files = (a_file(1, big), a_file(2, b"second"))
    digest = hashlib.sha256(big).hexdigest()
    prepared = prepare(an_evidence(a_report(7, *files)), most=4_000_000)
    assert [[each.sha256 for each in part] for part in prepared.files] == [[files[1].sha256]]
    pack = build_pack(prepared, {**SHOTS, digest: big})
    assert [(each.sha256, each.reason) for each in pack.omitted] == [(digest, "size")]
    assert len(pack.content) < 4_000_000
    assert "reports/7/1-экран_1.png" not in members(pack)
    assert "көлемі шектеулі" in "\n".join(
        texts_of(cover_view(prepared.evidence, pack.members, pack.omitted))
    )


def test_files_that_do_not_fit_into_one_archive_go_on_in_further_parts() -> None:
    shots = [bytes([at]) * 900_000 for at in range(5)]
    files = [a_file(at, shot) for at, shot in enumerate(shots, start=1)]
    contents = {hashlib.sha256(shot).hexdigest(): shot for shot in shots}
    prepared = prepare(an_evidence(a_report(7, *files)), most=4_000_000)
    packs = [build_pack(prepared, contents, part) for part in range(1, prepared.parts + 1)]
    assert [(pack.part, pack.parts) for pack in packs] == [(1, 3), (2, 3), (3, 3)]
    assert all(len(pack.content) < 4_000_000 for pack in packs)
    assert [pack.omitted for pack in packs] == [[], [], []]
    found = [members(pack) for pack in packs]
    evidence = [
        {name: content for name, content in each.items() if name.endswith(".png")} for each in found
    ]
    assert [len(each) for each in evidence] == [2, 2, 1]
    assert {hashlib.sha256(one).hexdigest() for each in evidence for one in each.values()} == set(
        contents
    )
    # The cover stands in the first part and says where the others are, by their sums.
    assert [COVER in each for each in found] == [True, False, False]
    for each in found:
        assert SUMS in each
    (elsewhere,) = [
        table
        for table in parts_of(prepared)[1]["tables"]
        if table["title"] == "Файлы в других частях пакета"
    ]
    assert {row[2] for row in elsewhere["rows"]} == {
        hashlib.sha256(one).hexdigest() for each in evidence[1:] for one in each.values()
    }
    assert build_pack(prepared, contents, 2).content == packs[1].content


def parts_of(prepared: Prepared) -> list[Any]:
    """The cover of the first part, by language."""
    view: Any = cover_view(prepared.evidence, (), (), elsewhere_in(prepared))
    return list(view["parts"])


def test_a_file_lost_from_a_later_part_is_named_there() -> None:
    shots = [bytes([at]) * 900_000 for at in range(4)]
    files = [a_file(at, shot) for at, shot in enumerate(shots, start=1)]
    prepared = prepare(an_evidence(a_report(7, *files)), most=4_000_000)
    lost = prepared.files[1][0]
    pack = build_pack(prepared, {}, 2)
    assert lost.sha256 in members(pack)[MISSING].decode()
    assert pack.omitted[0].reason == "copy"


def test_a_copy_that_is_bigger_than_it_was_said_to_be_does_not_break_the_bound() -> None:
    lying = a_file(1, b"png", size=1)
    prepared = prepare(an_evidence(a_report(7, lying)), most=4_000_000)
    assert build_pack(prepared, SHOTS).omitted == []
    huge = build_pack(prepared, {lying.sha256: bytes(5_000_000)})
    assert [each.reason for each in huge.omitted] == ["size"]
    assert len(huge.content) < 4_000_000


def test_files_without_a_copy_are_named() -> None:
    lost, never = a_file(1, b"gone"), a_file(2, sha256="")
    pack = packed(an_evidence(a_report(7, lost, never)))
    assert {(each.sha256, each.reason) for each in pack.omitted} == {
        (lost.sha256, "copy"),
        ("", "copy"),
    }


def test_names_lead_nowhere_and_cells_calculate_nothing() -> None:
    evil = a_file(1, name="../../etc/passwd\u202e\n")
    report = a_report(7, evil, text=NASTY, name="=1+1")
    customers = {15: ("=cmd()", "=cmd()")}
    pack = packed(an_evidence(report, customers=customers, decisions=(a_decision(action="new"),)))
    found = members(pack)
    assert "reports/7/1-etc_passwd" in found
    assert not [name for name in found if ".." in name or name.startswith("/")]
    (_, row) = csv.reader(found["terms.csv"].decode("utf-8-sig").splitlines(), delimiter=";")
    assert row[1] == "'=cmd()"
    assert json.loads(found["reports/7/report.json"])["text"] == NASTY


def test_old_and_new_terms_and_own_silence_are_tables() -> None:
    found = members(packed(an_evidence()))
    head, row = csv.reader(found["terms.csv"].decode("utf-8-sig").splitlines(), delimiter=";")
    assert head[0] == "Тапсырыс № / № заказа"
    assert row == [
        "15",
        "«Жылу Құрылыс» ЖШС / ТОО «Тепло Строй»",
        "мерзім ұзартылды / срок продлен",
        "баға ұсыныстарын қабылдау / прием ценовых предложений",
        "2026-11-25T00:00:00+05:00",
        "2026-11-26T00:00:00+05:00",
        "627-26.4",
    ]
    (_, gap) = csv.reader(found["health-gaps.csv"].decode("utf-8-sig").splitlines(), delimiter=";")
    assert gap[1:] == ["2026-11-24T11:00:00+05:00", "2026-11-24T13:30:00+05:00"]


def test_the_cover_shows_the_first_rows_and_says_where_the_rest_is() -> None:
    effects = [an_effect(number) for number in range(1, ROWS_SHOWN + 6)]
    parts: Any = cover_view(an_evidence(effects=effects), [], [])["parts"]
    for part in parts:
        (table,) = [each for each in part["tables"] if each["title"] == part["label"]["effects"]]
        assert len(table["rows"]) == ROWS_SHOWN
        assert "5" in table["more"]
        assert "terms.csv" in table["more"]


def test_a_user_reads_no_names_of_those_who_decided() -> None:
    evidence = replace(an_evidence(a_report()), whole=False)
    parts: Any = cover_view(evidence, [], [])["parts"]
    (table,) = [t for t in parts[1]["tables"] if t["title"] == parts[1]["label"]["decisions"]]
    assert {row[3] for row in table["rows"]} == {"–"}
    assert ["Для кого", parts[1]["label"]["for_own"]] in parts[1]["facts"]
