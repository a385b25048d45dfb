"""What a button carries: a version, a name and identifiers, at most 64 bytes.

Nothing else travels in a button: what it means is looked up, and rights are checked, when it is
pressed. The version lets a later release tell the buttons of an older one from its own.
"""

from __future__ import annotations

VERSION = "1"
#: Telegram's limit of callback data, in bytes.
MOST_BYTES = 64
_SEPARATOR = ":"


def press(name: str, *ids: int | str) -> str:
    """Callback data: ``1:order.card:15``.

    Raises ValueError for more than 64 bytes and for parts that could not be read back.
    """
    parts = [name, *map(str, ids)]
    if not name or any(_SEPARATOR in part for part in parts):
        raise ValueError(f"not the parts of a button: {parts!r}")
    data = _SEPARATOR.join([VERSION, *parts])
    if len(data.encode()) > MOST_BYTES:
        raise ValueError(f"a button carries at most {MOST_BYTES} bytes: {data!r}")
    return data


def unpress(data: str | None) -> tuple[str, list[str]] | None:
    """The name and the identifiers of a button; None when it is not of this version."""
    version, *parts = (data or "").split(_SEPARATOR)
    if version != VERSION or not parts or not parts[0]:
        return None
    return parts[0], parts[1:]
