"""What a message of a topic is: whatever speaks against an answer makes it none."""

from __future__ import annotations

from typing import Any

import pytest
from aiogram.types import Message
from hypothesis import given
from hypothesis import strategies as st

from handlers.support.kinds import Before, is_marked, kind_of, note_words, remembered

BOT, OPERATOR, COLLEAGUE, THREAD, CARD = 7, 100, 101, 50, 51
CHAT = {"id": -100, "type": "supergroup", "title": "Desk", "is_forum": True}
FILE = {"file_id": "F", "file_unique_id": "U", "file_size": 10}
Json = dict[str, Any]

CONTENTS: dict[str, Json] = {
    "text": {"text": "Hello"},
    "photo": {"photo": [FILE | {"width": 1, "height": 1}], "caption": "Look"},
    "document": {"document": FILE},
    "voice": {"voice": FILE | {"duration": 1}},
    "audio": {"audio": FILE | {"duration": 1}},
    "video": {"video": FILE | {"duration": 1, "width": 1, "height": 1}},
    "video_note": {"video_note": FILE | {"duration": 1, "length": 1}},
}
USER = {"id": OPERATOR, "is_bot": False, "first_name": "O"}


def body(number: int = 200, **more: object) -> Json:
    return {
        "message_id": number,
        "date": 1_795_000_000,
        "chat": CHAT,
        "from": USER,
        "is_topic_message": True,
        "message_thread_id": THREAD,
        **more,
    }


def replied(by: int, text: str, number: int = 60, **more: object) -> Json:
    author = {"id": by, "is_bot": by == BOT, "first_name": "A"}
    return {"reply_to_message": body(number, text=text, **more) | {"from": author}}


ORIGIN = {"type": "hidden_user", "date": 1, "sender_user_name": "X"}
CHANNEL = {"id": -200, "type": "channel", "title": "C"}
DOUBTS: dict[str, Json] = {
    "forwarded": {"forward_origin": ORIGIN},
    "by a bot": {"from": {"id": 8, "is_bot": True, "first_name": "B"}},
    "nobody": {"from": None},
    "anonymous": {"sender_chat": CHAT},
    "channel": {"sender_chat": CHANNEL},
    "automatic": {"is_automatic_forward": True},
    "through a bot": {"via_bot": {"id": 8, "is_bot": True, "first_name": "B"}},
    "scheduled": {"is_from_offline": True},
    "reply to a colleague": replied(COLLEAGUE, "Fine"),
    "reply to their own": replied(OPERATOR, "Fine"),
    "reply to a note of the mirror": replied(BOT, "\N{LOCK} #4 note"),
    "reply to a notice of the bot": replied(BOT, "This ticket is closed"),
    "reply to a question": replied(BOT, "\N{PAPERCLIP} Ticket No. 1"),
    "quote of another chat": {"external_reply": {"origin": ORIGIN}},
    "lone picture of an album": {"media_group_id": "9", "caption": None},
    "an animation": {"animation": FILE | {"duration": 1, "width": 1, "height": 1}},
    "a sticker": {
        "text": None,
        "sticker": FILE
        | {"type": "regular", "width": 1, "height": 1, "is_animated": False, "is_video": False},
    },
    "a pin": {"text": None, "pinned_message": body(3, text="x")},
}

marks = st.sampled_from(["//", "/ /", "/", "#note", "#NOTE", "# note", "\uff0f\uff0f", "\N{LOCK}"])
unseen = st.text(st.sampled_from(" \n\t\u200b\u2060\ufeff\u00a0>*_-\u2022\u00ab\"'("), max_size=6)


def kind(message: Json, *, note_mode: bool = False, before: Before | None = None) -> str:
    given_message = Message.model_validate({k: v for k, v in message.items() if v is not None})
    return kind_of(
        given_message,
        bot_id=BOT,
        note_mode=note_mode,
        card=CARD,
        before=before or Before(),
    )


@pytest.mark.parametrize("content", CONTENTS)
def test_what_nothing_speaks_against_is_an_answer(content: str) -> None:
    opening = replied(BOT, "", THREAD, forum_topic_created={"name": "1", "icon_color": 1})
    theirs = replied(BOT, "\N{BUST IN SILHOUETTE} #1 · Aigul")
    for more in ({}, opening, theirs, replied(BOT, "Ticket", CARD)):
        assert kind(body(**CONTENTS[content]) | more) == "answer"


@given(
    st.sampled_from(sorted(CONTENTS)),
    st.lists(st.sampled_from(sorted(DOUBTS)), min_size=1, max_size=4, unique=True),
    st.booleans(),
)
def test_any_doubt_makes_it_no_answer(content: str, doubts: list[str], note_mode: bool) -> None:
    message = body(**CONTENTS[content])
    for doubt in doubts:
        message |= DOUBTS[doubt]
    if "a sticker" in doubts or "a pin" in doubts:
        message = {name: value for name, value in message.items() if name not in CONTENTS}
        message.pop("caption", None)
    assert kind(message, note_mode=note_mode) != "answer"


@given(st.sampled_from(sorted(CONTENTS)))
def test_note_mode_makes_notes_of_everything(content: str) -> None:
    assert kind(body(**CONTENTS[content]), note_mode=True) == "note"
    message = body(text="14") | replied(BOT, "\N{LINK SYMBOL} Ticket No. 1")
    assert kind(message, note_mode=True) == "note"


@given(unseen, marks, st.text(max_size=50))
def test_a_mark_is_found_behind_what_nobody_sees(begins: str, mark: str, rest: str) -> None:
    text = f"{begins}{mark}{rest}"
    assert is_marked(text)
    assert kind(body(text=text)) == "note"
    assert kind(body(photo=CONTENTS["photo"]["photo"], caption=text)) == "note"


def test_hashtags_of_notes_are_known_in_every_language() -> None:
    assert "note" in note_words()
    assert len(note_words()) == 3
    for word in note_words():
        assert is_marked(f"#{word.upper()} x")


@pytest.mark.parametrize("text", ["Hello", "https://example.kz", "1/2", "#15", "нота", "№ 15"])
def test_ordinary_words_are_no_marks(text: str) -> None:
    assert not is_marked(text)


@pytest.mark.parametrize(
    ("sign", "what"),
    [
        ("\N{PAPERCLIP}", "documents"),
        ("\N{LINK SYMBOL}", "merge"),
        ("\N{SCALES}", "dispute"),
        ("\N{WARNING SIGN}", "incident"),
        ("\N{LOCK}", "note"),
    ],
)
def test_a_reply_to_a_question_is_what_was_asked(sign: str, what: str) -> None:
    asked = replied(BOT, f"{sign} Ticket No. 1")
    assert kind(body(text="14") | asked) == what
    assert kind(body(text="// 14") | asked) == "note"
    assert kind(body(**CONTENTS["photo"]) | asked) == "note"
    # A colleague's message that looks like a question is none.
    assert kind(body(text="14") | replied(COLLEAGUE, f"{sign} Ticket No. 1")) == "note"


@given(st.integers(0, 12), st.integers(1, 40), st.integers(2_900, 4_096))
def test_only_what_follows_a_long_note_at_once_belongs_to_it(
    seconds: int, later: int, length: int
) -> None:
    first = Message.model_validate(body(200, text="//" + "x" * (length - 2)))
    before = remembered(first, "note", Before())
    second = body(200 + later, text="the rest") | {"date": 1_795_000_000 + seconds}
    follows = seconds <= 5 and later <= 20 and length >= 3_000
    assert kind(second, before=before) == ("note" if follows else "answer")


@given(st.lists(st.sampled_from(["", "Look", "// no"]), min_size=1, max_size=5))
def test_no_picture_of_an_album_goes_out_once_a_note_was_in_it(captions: list[str]) -> None:
    before, kinds = Before(), []
    for number, caption in enumerate(captions):
        message = body(300 + number, **CONTENTS["document"], media_group_id="9")
        if caption:
            message["caption"] = caption
        kinds.append(kind(message, before=before))
        before = remembered(Message.model_validate(message), kinds[-1], before)  # type: ignore[arg-type] # what ``kind`` answered
    answered = captions[0] == "Look"
    for caption, found in zip(captions, kinds, strict=True):
        answered = answered and caption != "// no"
        assert found == ("answer" if answered else "note")


@pytest.mark.parametrize("kept", [None, 5, [], {"odd": 1}, {"kind": "note", "more": 2}])
def test_what_is_odd_in_memory_reads_as_nothing(kept: object) -> None:
    assert Before.read(kept) == Before()
