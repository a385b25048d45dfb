"""Letters: the Kazakh order, and what is typed in place of Kazakh letters."""

from __future__ import annotations

#: The Kazakh alphabet in its order. The Russian one is this without the nine own letters, in the
#: same order, so one order serves both.
KAZAKH = "аәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя"

#: Latin letters (and the schwa) seen in place of Cyrillic ones in texts in the wild, lower case.
LOOK_ALIKES = str.maketrans(
    {
        "a": "а", "b": "в", "c": "с", "e": "е", "h": "һ", "i": "і", "k": "к", "m": "м",
        "o": "о", "p": "р", "t": "т", "x": "х", "y": "у", "ə": "ә", "ï": "ї", "ë": "ё",
    }
)  # fmt: skip
SCHWA = str.maketrans({"ə": "ә", "Ə": "Ә"})
