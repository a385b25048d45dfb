"""``tapsyrys clauses``, ``tapsyrys audit verify`` and ``tapsyrys preview``."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from bot.cli import checks
from bot.cli.clauses import proof_of
from domain.law import duties
from domain.work import Site
from tests.bot.cli.conftest import Terminal


def test_a_whole_record_is_whole_and_its_head_is_shown(terminal: Terminal) -> None:
    terminal.run("token", "create", "platform")
    ended = terminal.run("audit", "verify")
    assert (ended.code, ended.err) == (0, "")
    whole, head = ended.out.splitlines()
    assert whole == "The record is whole; entries: 1."
    position, digest = head.removeprefix("Head, to keep with the backup: ").split()
    assert position == "1"
    assert len(digest) == 64


@pytest.mark.clause("366-33")
@pytest.mark.parametrize(
    ("harm", "said"),
    [
        ("UPDATE audit_entry SET label = 'nobody' WHERE position = 2", "at entry 2 (changed)"),
        ("DELETE FROM audit_entry WHERE position = 1", "at entry 1 (missing)"),
        ("DELETE FROM audit_entry WHERE position = 2", "at entry 2 (cut)"),
        ("DELETE FROM audit_head", "its head is missing"),
    ],
)
async def test_a_broken_record_is_found(
    terminal: Terminal, site: Site, harm: str, said: str
) -> None:
    for name in ("one", "two"):
        await terminal.run_beside("token", "create", name)
    async with site.sessions() as session:
        for table in ("audit_entry", "audit_head"):
            await session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER ALL"))
        await session.execute(text(harm))
        await session.commit()
    ended = await terminal.run_beside("audit", "verify")
    assert ended.code == 1
    assert said in ended.out
    assert "Compare with a backup." in ended.out


def test_the_preview_is_one_page(bare: Terminal) -> None:
    ended = bare.run("preview", "texts.html")
    assert (ended.code, ended.out) == (0, "texts.html: open it in a browser.\n")
    page = (bare.folder / "texts.html").read_text(encoding="utf-8")
    assert page.lower().startswith("<!doctype html>")
    assert "Тапсырыс" in page
    assert "Заказ" in page


@pytest.mark.parametrize(
    ("file", "said"), [(".", "Is a directory"), ("no/where.html", "No such file or directory")]
)
def test_a_page_that_cannot_be_written_is_told(bare: Terminal, file: str, said: str) -> None:
    ended = bare.run("preview", file)
    assert (ended.code, ended.out, ended.err) == (2, "", f"{file}: {said}.\n")


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """A small checkout: one duty named in code, one proved by a test."""
    (tmp_path / "domain").mkdir()
    (tmp_path / "domain" / "law.py").write_text('WINDOW = Period("344-13.3a", 2)\n')
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_window.py").write_text(
        '@pytest.mark.clause("344-13.3a", "344-13.4a")\n'
        "async def test_it() -> None: ...\n"
        '@pytest.mark.clause("344-15.1")\n'
        "def helper() -> None: ...\n"
    )
    return tmp_path


def test_proof_is_read_from_the_sources(sources: Path) -> None:
    proof = proof_of(sources, duties(1))
    assert proof["344-13.3a"].code == ["domain/law.py:1"]
    assert proof["344-13.3a"].tests == ["tests/test_window.py::test_it"]
    assert proof["344-13.4a"].tests == ["tests/test_window.py::test_it"]
    # A mark on what is no test proves nothing.
    assert proof["344-15.1"].tests == []


def test_strict_fails_when_a_duty_has_no_test(
    bare: Terminal, sources: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checks, "_checkout", lambda: sources)
    loose = bare.run("clauses", "--wave", "1")
    assert loose.code == 0
    strict = bare.run("clauses", "--wave", "1", "--strict")
    assert strict.code == 1
    assert "duties have no test: 344-3, " in strict.out.splitlines()[-1]
    assert "344-13.3a" not in strict.out.splitlines()[-1]


def test_the_checkout_is_found_from_anywhere(bare: Terminal) -> None:
    ended = bare.run("clauses", "--wave", "1")
    assert ended.code == 0
    assert "344-13.3a" in ended.out


def test_a_wave_without_duties_is_a_slip(bare: Terminal) -> None:
    ended = bare.run("clauses", "--wave", "9", "--strict")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err == "No duty belongs to wave 9; there are 1-6.\n"
