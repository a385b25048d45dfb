"""Which files are taken with an order: what people work with, nothing that could run."""

from __future__ import annotations

import pytest

from domain.errors import RuleBroken
from domain.files import FileInfo
from domain.orders.attaching import DOCUMENTS, check_document
from tests.domain.stage import Stage

RTL = "\N{RIGHT-TO-LEFT OVERRIDE}"


def named(name: str, mime: str = "application/octet-stream") -> FileInfo:
    """A file with this name."""
    return FileInfo(name, mime, 10, "a" * 64)


@pytest.mark.parametrize("kind", sorted(DOCUMENTS))
def test_documents_pictures_drawings_and_archives_are_taken(kind: str) -> None:
    check_document(named(f"Чертёж №1.v2.{kind.upper()}"), b"%PDF-1.7")


def test_a_file_without_a_name_is_known_by_its_type() -> None:
    check_document(named("file", "application/pdf"))
    with pytest.raises(RuleBroken, match="file_kind_unknown"):
        check_document(named("file"))


@pytest.mark.parametrize(
    "name", ["setup.exe", "прайс.pdf.EXE", "смета.scr", f"см{RTL}fdp.exe", "a.bat", "a.js", "a.apk"]
)
def test_programs_are_refused_by_their_name(name: str) -> None:
    with pytest.raises(RuleBroken, match="file_is_program") as refused:
        check_document(named(name))
    assert refused.value.params["name"]


@pytest.mark.parametrize("content", [b"MZ\x90\x00", b"\x7fELF\x02", b"#!/bin/sh\n"])
def test_programs_are_refused_by_what_is_in_them(content: bytes) -> None:
    with pytest.raises(RuleBroken, match="file_is_program"):
        check_document(named("смета.pdf"), content)


@pytest.mark.parametrize("name", ["кино.mp4", "голос.ogg", "архив.iso", "страница.html", "x.docm"])
def test_other_kinds_are_refused(name: str) -> None:
    with pytest.raises(RuleBroken, match="file_kind_unknown"):
        check_document(named(name))


async def test_the_use_case_refuses_them_too(stage: Stage) -> None:
    customer = await stage.customer()
    number = await stage.order(customer, publish=False)
    with pytest.raises(RuleBroken, match="file_is_program"):
        await stage.orders.attach(customer.me, number, named("setup.exe"))
    assert (await stage.card(customer, number)).files == []
