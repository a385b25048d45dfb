"""Certificates made on the spot, for TLS on loopback: an authority and what it signs.

Python can use certificates but not make them. This makes the few kinds the tests need, on the
curve P-256; nothing here is fit for secrets.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from dataclasses import dataclass
from pathlib import Path

_P = 2**256 - 2**224 + 2**192 + 2**96 - 1
_N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_G = (
    0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
    0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
)
_EC_KEY, _P256 = (1, 2, 840, 10045, 2, 1), (1, 2, 840, 10045, 3, 1, 7)
_ECDSA_SHA256, _COMMON_NAME = (1, 2, 840, 10045, 4, 3, 2), (2, 5, 4, 3)
_BASIC, _NAMES, _USE, _OWN_ID, _ISSUER_ID = ((2, 5, 29, at) for at in (19, 17, 15, 14, 35))
# May sign certificates and lists of those that were called back.
_SIGNS = b"\x03\x02\x01\x06"

Point = tuple[int, int]


def _add(one: Point | None, two: Point | None) -> Point | None:
    if one is None or two is None:
        return one or two
    if one[0] == two[0]:
        if one != two:
            return None
        slope = (3 * one[0] ** 2 - 3) * pow(2 * one[1], -1, _P)
    else:
        slope = (two[1] - one[1]) * pow(two[0] - one[0], -1, _P)
    x = (slope * slope - one[0] - two[0]) % _P
    return x, (slope * (one[0] - x) - one[1]) % _P


def _times(factor: int) -> Point:
    found: Point | None = None
    power: Point | None = _G
    while factor:
        found = _add(found, power) if factor & 1 else found
        power, factor = _add(power, power), factor >> 1
    assert found is not None
    return found


def _der(tag: int, *parts: bytes) -> bytes:
    content = b"".join(parts)
    size = len(content)
    if size < 128:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + content


def _sequence(*parts: bytes) -> bytes:
    return _der(0x30, *parts)


def _integer(value: int) -> bytes:
    return _der(0x02, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def _bits(content: bytes) -> bytes:
    return _der(0x03, b"\0", content)


def _oid(numbers: tuple[int, ...]) -> bytes:
    found = bytes([numbers[0] * 40 + numbers[1]])
    for number in numbers[2:]:
        digits = [number & 0x7F]
        while number := number >> 7:
            digits.append(number & 0x7F | 0x80)
        found += bytes(reversed(digits))
    return _der(0x06, found)


def _name(text: str) -> bytes:
    return _sequence(_der(0x31, _sequence(_oid(_COMMON_NAME), _der(0x0C, text.encode()))))


def _extension(kind: tuple[int, ...], value: bytes, *, critical: bool = False) -> bytes:
    return _sequence(_oid(kind), b"\x01\x01\xff" if critical else b"", _der(0x04, value))


def _pem(kind: str, content: bytes) -> str:
    lines = base64.encodebytes(content).decode()
    return f"-----BEGIN {kind}-----\n{lines}-----END {kind}-----\n"


@dataclass(frozen=True)
class Pair:
    """A certificate with its key."""

    name: str
    secret: int
    certificate: bytes

    @property
    def pem(self) -> str:
        """The certificate as a file has it."""
        return _pem("CERTIFICATE", self.certificate)

    @property
    def key_pem(self) -> str:
        """The key as a file has it."""
        public = _der(0xA1, _bits(_point(self.secret)))
        secret = _der(0x04, self.secret.to_bytes(32, "big"))
        return _pem(
            "EC PRIVATE KEY", _sequence(_integer(1), secret, _der(0xA0, _oid(_P256)), public)
        )

    def write(self, folder: Path) -> tuple[Path, Path]:
        """Write both into a folder; where they are."""
        folder.mkdir(parents=True, exist_ok=True)
        files = folder / "cert.pem", folder / "key.pem"
        files[0].write_text(self.pem)
        files[1].write_text(self.key_pem)
        return files


def authority(name: str = "An authority of tests") -> Pair:
    """Whom nobody trusts who is not told to."""
    is_authority = _extension(_BASIC, _sequence(b"\x01\x01\xff"), critical=True)
    return _made(name, None, [is_authority, _extension(_USE, _SIGNS, critical=True)])


def signed(by: Pair, host: str = "localhost", address: bytes = bytes([127, 0, 0, 1])) -> Pair:
    """A certificate for a host and an address."""
    names = _sequence(_der(0x82, host.encode()), _der(0x87, address))
    return _made(host, by, [_extension(_BASIC, _sequence()), _extension(_NAMES, names)])


def _point(secret: int) -> bytes:
    x, y = _times(secret)
    return b"\x04" + x.to_bytes(32, "big") + y.to_bytes(32, "big")


def _made(name: str, by: Pair | None, extensions: list[bytes]) -> Pair:
    secret = secrets.randbelow(_N - 1) + 1
    issuer = by or Pair(name, secret, b"")
    own, other = (hashlib.sha256(_point(each)).digest()[:20] for each in (secret, issuer.secret))
    extensions = [
        *extensions,
        _extension(_OWN_ID, _der(0x04, own)),
        _extension(_ISSUER_ID, _sequence(_der(0x80, other))),
    ]
    kind = _sequence(_oid(_ECDSA_SHA256))
    # From the first to the last day that the short form of a date can tell without a doubt.
    validity = _sequence(_der(0x17, b"200101000000Z"), _der(0x17, b"491231235959Z"))
    content = _sequence(
        _der(0xA0, _integer(2)),
        _integer(secrets.randbits(64) + 1),
        kind,
        _name(issuer.name),
        validity,
        _name(name),
        _sequence(_sequence(_oid(_EC_KEY), _oid(_P256)), _bits(_point(secret))),
        _der(0xA3, _sequence(*extensions)),
    )
    return Pair(name, secret, _sequence(content, kind, _bits(_signature(issuer.secret, content))))


def _signature(secret: int, content: bytes) -> bytes:
    digest = int.from_bytes(hashlib.sha256(content).digest(), "big")
    once = secrets.randbelow(_N - 1) + 1
    r = _times(once)[0] % _N
    return _sequence(_integer(r), _integer(pow(once, -1, _N) * (digest + r * secret) % _N))
