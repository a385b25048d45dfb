"""Which addresses may be asked: a table of the tricks that are known."""

from __future__ import annotations

import ipaddress

import pytest

from domain.webhooks.addresses import Allowed, is_public, literal

PRIVATE = [
    "127.0.0.1",
    "127.255.255.255",
    "10.0.0.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "0.0.0.0",
    "0.1.2.3",
    "169.254.169.254",
    "100.64.0.1",
    "100.100.100.200",
    "192.0.0.192",
    "192.0.2.1",
    "198.18.0.1",
    "198.51.100.7",
    "203.0.113.9",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "168.63.129.16",
    "192.88.99.1",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:a9fe:a9fe",
    "fe80::1",
    "fec0::1",
    "fc00::1",
    "fd00:ec2::254",
    "ff02::1",
    "2001:db8::1",
    "64:ff9b::7f00:1",
    "64:ff9b:1::a00:1",
    "2002:7f00:1::",
    "2001::1",
    "100::1",
]
PUBLIC = [
    "8.8.8.8",
    "93.184.216.34",
    "172.32.0.1",
    "2606:4700::1111",
    "::ffff:8.8.8.8",
    "2a00:1450::8a",
]


@pytest.mark.parametrize("text", PRIVATE)
def test_what_is_not_of_the_open_net_is_refused(text: str) -> None:
    assert not is_public(ipaddress.ip_address(text))


@pytest.mark.parametrize("text", PUBLIC)
def test_what_is_of_the_open_net_is_taken(text: str) -> None:
    assert is_public(ipaddress.ip_address(text))


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("2130706433", "127.0.0.1"),
        ("0x7f000001", "127.0.0.1"),
        ("0x7f.1", "127.0.0.1"),
        ("0177.0.0.1", "127.0.0.1"),
        ("127.1", "127.0.0.1"),
        ("127.0.0.1.", "127.0.0.1"),
        ("[::1]", "::1"),
        ("fe80::1%eth0", "fe80::1"),
        ("\uff11\uff12\uff17.0.0.1", "127.0.0.1"),
        ("\u2460\u2461\u2466.0.0.1", "127.0.0.1"),
        ("127\u30020\uff0e0\uff611", "127.0.0.1"),
        ("127.0.0.\u00ad1", "127.0.0.1"),
        ("\u04d9\u0440\u043f.example.kz", None),
        ("hooks.example.kz", None),
        ("1e100.net", None),
        ("999.1.1.1.1", None),
    ],
)
def test_numbers_are_known_in_every_spelling(host: str, address: str | None) -> None:
    found = literal(host)
    assert (None if found is None else str(found)) == address


def test_the_list_of_the_installation_opens_hosts_and_networks() -> None:
    allowed = Allowed.of(["10.1.0.0/16", "Hooks.Intranet.kz", " ::1 "])
    inside, outside = ipaddress.ip_address("10.1.2.3"), ipaddress.ip_address("10.2.0.1")
    assert allowed.address("erp.example.kz", inside)
    assert not allowed.address("erp.example.kz", outside)
    assert allowed.address("hooks.intranet.kz.", outside)
    assert allowed.address("::1", ipaddress.ip_address("::1"))
    assert allowed.host("10.1.2.3")
    assert not allowed.host("erp.example.kz")
    assert not Allowed().host("localhost")


@pytest.mark.parametrize(
    "text", ["", "10.0.0.1/8", "http://x", "a b", "*.example.kz", "10.0.0.300"]
)
def test_what_is_neither_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="neither"):
        Allowed.of([text])
