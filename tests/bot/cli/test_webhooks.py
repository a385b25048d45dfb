"""``tapsyrys webhooks``."""

from __future__ import annotations

from domain.webhooks.catalogue import EVENTS
from tests.bot.cli.conftest import Terminal

URL = "https://erp.example.kz/in"


def test_an_endpoint_is_made_shown_and_taken_away(terminal: Terminal) -> None:
    assert "No webhooks yet" in terminal.run("webhooks", "list").out
    made = terminal.run("webhooks", "add", URL, "--event", "order.failed")
    assert (made.code, made.err) == (0, "")
    number, secret = made.out.split()
    assert secret.startswith("whsec_")
    listed = terminal.run("webhooks", "list").out
    assert listed == f"{number}\tenabled\toperator\t{URL}\torder.failed\n"
    rotated = terminal.run("webhooks", "rotate", number, "--hours", "2").out.strip()
    assert rotated.startswith("whsec_")
    assert rotated != secret
    assert terminal.run("webhooks", "deliveries", number).out == "Nothing yet.\n"
    assert terminal.run("webhooks", "test", number).code == 0
    shown = terminal.run("webhooks", "deliveries", number, "--state", "queued").out
    assert "\tqueued\twebhook.ping\t" in shown
    assert (
        terminal.run("webhooks", "disable", number).out
        == f"{number}: disabled; events skipped: 1\n"
    )
    assert "(owner)" in terminal.run("webhooks", "list").out
    assert "events it missed: 1" in terminal.run("webhooks", "enable", number).out
    replayed = terminal.run("webhooks", "replay", number, "--since", "2020-01-01T00:00")
    assert replayed.out == f"{number}: deliveries queued again: 1\n"
    assert terminal.run("webhooks", "remove", number).out == f"{number}: removed\n"
    assert "No webhooks yet" in terminal.run("webhooks", "list").out


def test_what_cannot_be_done_is_said(terminal: Terminal) -> None:
    refused = terminal.run("webhooks", "add", "https://10.0.0.5/in")
    assert (refused.code, refused.out) == (1, "")
    assert "This address is not on the open internet: 10.0.0.5." in refused.err
    terminal.set(webhook_allow="10.0.0.0/8")
    assert terminal.run("webhooks", "add", "https://10.0.0.5/in").code == 0
    assert "There is no webhook No. 99." in terminal.run("webhooks", "enable", "99").err
    both = terminal.run("webhooks", "replay", "1", "--delivery", "1", "--delivered")
    assert both.code == 2
    assert terminal.run("webhooks", "rotate", "1", "--hours", "169").code == 1
    assert terminal.run("webhooks", "deliveries", "1", "--limit", "0").code == 2


def test_the_catalogue_needs_no_database(bare: Terminal) -> None:
    lines = bare.run("webhooks", "events").out.splitlines()
    assert [line.split("\t")[0] for line in lines] == list(EVENTS)
