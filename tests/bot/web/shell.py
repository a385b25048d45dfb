"""As much of a shell as a page of examples needs: variables, ``curl`` and ``jq -r``."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

_BLOCK = re.compile(r"^```(sh|json)\n(.*?)^```", re.DOTALL | re.MULTILINE)
_SET = re.compile(r"(\w+)=(?!\$\()(.*)", re.DOTALL)
_TAKEN = re.compile(r"(\w+)=\$\((curl .*) \| jq -r (\S+)\)", re.DOTALL)
_VARIABLE = re.compile(r"\$(\w+)")
_STEP = re.compile(r"\.?(\w+)|\[(\d+)\]|\[:(\d+)\]")


def blocks(page: str) -> Iterator[tuple[str, str]]:
    """The examples of a page with their language, in order."""
    return ((found[1], found[2]) for found in _BLOCK.finditer(page))


def commands(script: str) -> Iterator[str]:
    """The commands of a script: lines are joined until the quotes are closed."""
    open_ = ""
    for line in script.replace("\\\n", " ").splitlines():
        open_ += line + "\n"
        try:
            shlex.split(open_)
        except ValueError:
            continue
        if open_.strip():
            yield open_.strip()
        open_ = ""
    assert not open_.strip(), open_


@dataclass
class Curl:
    """A request as the arguments of ``curl`` describe it."""

    url: str = ""
    method: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    data: bytes | None = None
    # The form's field and the file.
    form: tuple[str, str] | None = None
    saved: str | None = None


def read_curl(command: str, variables: Mapping[str, str], files: Mapping[str, bytes]) -> Curl:
    """The request of a command; options that are not known here fail."""
    words = iter(_expanded(word, variables) for word in shlex.split(command))
    assert next(words) == "curl", command
    found = Curl()
    for word in words:
        match word:
            case "-s":
                pass
            case "-X":
                found.method = next(words)
            case "-H":
                name, _, value = next(words).partition(": ")
                found.headers[name] = value
            case "-o":
                found.saved = next(words)
            case "--json":
                found.data = next(words).encode()
                found.headers["Content-Type"] = "application/json"
            case "--data-binary":
                found.data = files[next(words).removeprefix("@")]
            case "-F":
                name, _, file = next(words).partition("=@")
                found.form = (name, file)
            case _:
                assert not word.startswith("-"), word
                assert not found.url, word
                found.url = word
    sends = found.data is not None or found.form is not None
    found.method = found.method or ("POST" if sends else "GET")
    return found


def _expanded(text: str, variables: Mapping[str, str]) -> str:
    return _VARIABLE.sub(lambda found: variables[found[1]], text)


def assignment(command: str, variables: Mapping[str, str]) -> tuple[str, str] | None:
    """``NAME=value``, if the command is one."""
    found = _SET.fullmatch(command)
    if found is None:
        return None
    (value,) = shlex.split(found[2])
    return found[1], _expanded(value, variables)


def taken(command: str) -> tuple[str | None, str, str]:
    """The variable that a command fills, the request, and the path of ``jq``."""
    found = _TAKEN.fullmatch(command)
    return (found[1], found[2], found[3]) if found else (None, command, "")


def jq(answer: bytes, path: str) -> str:
    """What ``jq -r`` prints for a path such as ``.awards[0].id`` or ``.at[:10]``."""
    value: object = json.loads(answer)
    for step in _STEP.finditer(path):
        name, place, end = step.groups()
        if name is not None:
            assert isinstance(value, dict), path
            value = value[name]
        elif place is not None:
            assert isinstance(value, list), path
            value = value[int(place)]
        else:
            assert isinstance(value, str), path
            value = value[: int(end)]
    assert isinstance(value, (str, int)), path
    return str(value)


def differs(shown: object, real: object, at: str = "") -> str | None:
    """Where an example shows something that the real answer does not hold; None when nowhere."""
    if isinstance(shown, dict) and isinstance(real, dict):
        inner = ((f"{at}.{name}", value, real.get(name, "-")) for name, value in shown.items())
    elif isinstance(shown, list) and isinstance(real, list) and len(shown) == len(real):
        inner = ((f"{at}[{n}]", *pair) for n, pair in enumerate(zip(shown, real, strict=True)))
    else:
        return None if shown == real else f"{at}: {shown!r} is {real!r}"
    return next((found for each in inner if (found := differs(each[1], each[2], each[0]))), None)
