"""Numbers and addresses by which companies and people are known: BIN/IIN, phone, e-mail.

Every ``parse_``/``check_`` function takes what a person typed or a system sent and returns the
one canonical form that is stored, or raises ``RuleBroken``.
"""

from __future__ import annotations

import re

import phonenumbers

from domain.errors import RuleBroken

_HOME_REGION = "KZ"
_MAX_PHONE = 40
_MAX_EMAIL = 254  # RFC 5321, 4.5.3.1.3
_MAX_LOCAL = 64  # RFC 5321, 4.5.3.1.1
_MAX_LABEL = 63

# Copied text brings along characters nobody sees: zero-width spaces, joiners, direction marks.
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
_TWELVE_DIGITS = re.compile(r"[0-9]{12}")
_DIGITS_ONLY = re.compile(r"[0-9]{11,15}")
_LOCAL_PART = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?")

_WEIGHTS: tuple[int, ...] = tuple(range(1, 12))
_WEIGHTS_AGAIN: tuple[int, ...] = (*range(3, 12), 1, 2)
_BIN_KINDS = frozenset("456")  # resident, non-resident, joint sole proprietors


def bare(text: str) -> str:
    """``text`` without invisible characters and without spaces around it."""
    return _INVISIBLE.sub("", text).strip()


def _check_digit(first_eleven: str) -> int | None:
    """The twelfth digit for eleven digits, or None where the rules give none."""
    for weights in (_WEIGHTS, _WEIGHTS_AGAIN):
        total = sum(int(first_eleven[place]) * weights[place] for place in range(11))
        if total % 11 != 10:
            return total % 11
    return None


# What people write before the number: BIN, IIN and their Russian and Kazakh names.
_BEFORE = re.compile(
    r"^(?:BIN|IIN|\u0411\u0418\u041d|\u0418\u0418\u041d|\u0411\u0421\u041d|\u0416\u0421\u041d)"
    r"[\s:\u2116#-]+",
    re.IGNORECASE,
)


def check_bin_iin(text: str) -> str:
    """The 12 digits of a BIN or IIN; spaces inside and the word before it are forgiven.

    Raises ``RuleBroken``: ``bin_format`` (not 12 digits), ``bin_check_digit``. Not for test
    certificates of the national authority: their numbers fail the check digit by design.
    """
    digits = "".join(_BEFORE.sub("", bare(text)).split())
    # Twelve zeros pass the arithmetic, and a spreadsheet's empty cell looks just like that.
    if not _TWELVE_DIGITS.fullmatch(digits) or digits == "0" * 12:
        raise RuleBroken("bin_format")
    if _check_digit(digits[:11]) != int(digits[11]):
        raise RuleBroken("bin_check_digit")
    return digits


def is_bin(digits: str) -> bool:
    """Whether 12 digits are a company's BIN rather than a person's IIN (fifth digit 4, 5 or 6)."""
    return bool(_TWELVE_DIGITS.fullmatch(digits)) and digits[4] in _BIN_KINDS


def _parse_number(text: str) -> phonenumbers.PhoneNumber | None:
    try:
        number = phonenumbers.parse(text, _HOME_REGION)
    except phonenumbers.NumberParseException:
        return None
    return number if phonenumbers.is_valid_number(number) else None


def parse_phone(text: str, clause: str | None = None) -> str:
    """A phone number in E.164; numbers without a country code are read as Kazakhstani.

    Foreign numbers are accepted (a contact shared in the chat may be foreign); see
    ``is_kazakhstani_phone``. An extension is dropped. ``clause``: what asks for the phone, where
    an act does. Raises ``RuleBroken``: ``phone_invalid`` with it.
    """
    typed = bare(text)
    if len(typed) > _MAX_PHONE or any(character.isalpha() for character in typed):
        raise RuleBroken("phone_invalid", clause)
    number = _parse_number(typed)
    if number is None and _DIGITS_ONLY.fullmatch(typed):
        # Telegram hands over contacts as international digits without the plus.
        number = _parse_number(f"+{typed}")
    if number is None:
        raise RuleBroken("phone_invalid", clause)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def is_kazakhstani_phone(e164: str) -> bool:
    """Whether an E.164 number is Kazakhstan's: +7 is shared with Russia, the next digits decide."""
    number = _parse_number(e164)
    return number is not None and phonenumbers.region_code_for_number(number) == _HOME_REGION


def parse_email(text: str) -> str:
    """An e-mail address a mail server takes: the domain in lower case, IDN as ``xn--`` labels.

    The part before ``@`` keeps its case and must be ASCII: few servers accept others, and a
    Cyrillic look-alike there would lose the letter. Raises ``RuleBroken``: ``email_invalid``
    (act 344, clause 6.1).
    """
    address = bare(text)
    local, at, domain = address.rpartition("@")
    if not at or len(address) > _MAX_EMAIL or len(local) > _MAX_LOCAL:
        raise RuleBroken("email_invalid", "344-6.1")
    try:
        host = domain.encode("idna").decode("ascii").lower()
    except UnicodeError:
        raise RuleBroken("email_invalid", "344-6.1") from None
    canonical = f"{local}@{host}"
    if len(canonical) > _MAX_EMAIL or not _LOCAL_PART.fullmatch(local) or not _is_host(host):
        raise RuleBroken("email_invalid", "344-6.1")
    return canonical


def _is_host(host: str) -> bool:
    labels = host.split(".")
    return (
        len(labels) >= 2
        and all(len(label) <= _MAX_LABEL and _LABEL.fullmatch(label) for label in labels)
        and not labels[-1].isdigit()
        and len(labels[-1]) >= 2
    )


def shown_email(address: str) -> str:
    """A stored address as people write it: ``xn--`` labels turned back into letters."""
    local, _, host = address.rpartition("@")
    try:
        return f"{local}@{host.encode('ascii').decode('idna')}"
    except UnicodeError:
        return address
