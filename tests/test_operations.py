"""The files with which others install Tapsyrys name only what there is, and hold together."""

from __future__ import annotations

import argparse
import re
from configparser import ConfigParser
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.cli.commands import parser
from bot.config import PREFIX, Settings, load_settings

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs" / "operations"
SUFFIXES = (".md", ".service", ".yaml", ".example", "")
PAPERS = sorted(path for path in FOLDER.rglob("*") if path.is_file() and path.suffix in SUFFIXES)
#: Keys of systemd.exec(5), .service(5) and .kill(5) that the unit must have, with their values.
HARDENED = {
    "NoNewPrivileges": "yes",
    "ProtectSystem": "strict",
    "ProtectHome": "yes",
    "PrivateTmp": "yes",
    "PrivateDevices": "yes",
    "CapabilityBoundingSet": "",
    "Restart": "always",
    "Type": "notify",
}
#: A command as a line, in backticks, in a container, or by its path.
TYPED = re.compile(r"(?:`|^|exec bot-1 |bin/)tapsyrys ([a-z][^`#\n]*)", re.MULTILINE)
SECTIONS = {"Unit", "Service", "Install"}


class Unit(ConfigParser):
    """systemd's files: keys keep their letters and may come twice."""

    def optionxform(self, optionstr: str) -> str:
        """As it is written."""
        return optionstr


@pytest.fixture
def unit() -> Unit:
    """The unit of a replica."""
    found = Unit(strict=False, interpolation=None, delimiters=("=",))
    found.read_string((FOLDER / "tapsyrys.service").read_text(encoding="utf-8"))
    return found


@pytest.fixture
def compose() -> dict[str, Any]:
    """The compose file, with its anchors resolved."""
    found = yaml.safe_load((FOLDER / "compose.yaml").read_text(encoding="utf-8"))
    assert isinstance(found, dict)
    return found


def commands(of: argparse.ArgumentParser, before: str = "") -> set[str]:
    """Every command that can be typed, and every group of commands."""
    found = set()
    for action in of._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, child in action.choices.items():
                whole = f"{before} {name}".strip()
                found |= {whole} | commands(child, whole)
    return found


def options(of: argparse.ArgumentParser) -> set[str]:
    """Every option of every command."""
    found = {option for action in of._actions for option in action.option_strings}
    for action in of._actions:
        if isinstance(action, argparse._SubParsersAction):
            for child in action.choices.values():
                found |= options(child)
    return found


@pytest.mark.parametrize("paper", PAPERS, ids=lambda path: path.name)
def test_every_variable_that_is_named_is_a_setting(paper: Path) -> None:
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    named = set(re.findall(rf"{PREFIX}[A-Z_]*[A-Z]", paper.read_text(encoding="utf-8")))
    assert named <= known


@pytest.mark.parametrize("paper", PAPERS, ids=lambda path: path.name)
def test_every_command_that_is_named_can_be_typed_with_its_options(paper: Path) -> None:
    known, known_options = commands(parser()), options(parser())
    for typed in TYPED.findall(paper.read_text(encoding="utf-8")):
        words = typed.split()
        assert words[0] in known, typed
        if any(each.startswith(f"{words[0]} ") for each in known):
            assert " ".join(words[:2]) in known, typed
        assert set(re.findall(r"--[a-z-]+", typed)) <= known_options, typed


def test_the_unit_is_hardened_watched_and_always_restarted(unit: Unit) -> None:
    assert set(unit.sections()) == SECTIONS
    service = unit["Service"]
    assert {key: service[key] for key in HARDENED} == HARDENED
    assert service["WatchdogSec"] == "60s"
    # A database that is away at the start ends the service with 2: it has to be started again.
    assert "RestartPreventExitStatus" not in service
    assert unit["Unit"]["StartLimitIntervalSec"] == "0"
    assert service["ExecStart"].split()[-2:] == ["/opt/tapsyrys/.venv/bin/tapsyrys", "run"]
    assert all(re.fullmatch(r"[A-Z][A-Za-z]+", key) for name in SECTIONS for key in unit[name])


def test_two_replicas_stand_behind_the_proxy_and_each_is_asked_how_it_is(
    compose: dict[str, Any],
) -> None:
    services = compose["services"]
    replicas = [name for name in services if name.startswith("bot-")]
    assert len(replicas) == 2
    caddy = (FOLDER / "Caddyfile").read_text(encoding="utf-8")
    assert f"reverse_proxy {' '.join(f'{name}:8080' for name in replicas)} {{" in caddy
    # What ails all of them alike must not take them all out: see "Readiness" in monitoring.md.
    assert "health_uri /serving" in caddy
    assert re.search(r"@inside path /metrics /readyz /serving$", caddy, re.MULTILINE)
    for name in replicas:
        assert services[name]["command"] == ["run"]
        assert "/readyz" in services[name]["healthcheck"]["test"][-1]
        assert services[name]["restart"] == "always"
        assert services[name]["depends_on"]["migrate"] == {
            "condition": "service_completed_successfully"
        }
    for name, service in services.items():
        assert "healthcheck" in service or name == "migrate"
        used = {each.split(":")[0] for each in service.get("volumes", [])}
        assert {each for each in used if not each.startswith(".")} <= set(compose["volumes"])


def test_images_bear_well_known_names_and_nobody_s_index(compose: dict[str, Any]) -> None:
    images = {service["image"] for service in compose["services"].values()}
    text = (FOLDER / "Containerfile").read_text(encoding="utf-8")
    images |= set(re.findall(r"^FROM (\S+)", text, re.MULTILINE))
    assert all(each.startswith(("docker.io/library/", "localhost/")) for each in images)
    for paper in PAPERS:
        assert "index-url" not in paper.read_text(encoding="utf-8")


def test_what_the_container_copies_is_there_and_is_all_of_the_program() -> None:
    text = (FOLDER / "Containerfile").read_text(encoding="utf-8")
    copied = [
        name
        for line in re.findall(r"^COPY (?!--from)(.+) \S+$", text, re.MULTILINE)
        for name in line.split()
    ]
    assert [name for name in copied if not (ROOT / name).exists()] == []
    assert {"bot", "domain", "handlers", "scheduler", "locales", "requirements.lock"} <= set(copied)


def test_the_example_of_settings_can_be_filled_in_and_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (FOLDER / "tapsyrys.env.example").read_text(encoding="utf-8")
    given = text.replace("BOT_TOKEN=", f"BOT_TOKEN=123456789:{'A' * 35}")
    given = given.replace("WEBHOOK_SECRET=", "WEBHOOK_SECRET=word").replace("ADMINS=", "ADMINS=1")
    for name in Settings.model_fields:
        monkeypatch.delenv(PREFIX + name.upper(), raising=False)
    (tmp_path / ".env").write_text(re.sub(r"^#TAPSYRYS", "TAPSYRYS", given, flags=re.MULTILINE))
    monkeypatch.chdir(tmp_path)
    settings = load_settings(need_token=True)
    assert settings.public_url == "https://bot.example.kz"
    assert settings.admins == {1}
    assert settings.database_url is not None
