"""Messages of the bot: sent, edited, deleted, copied; and what Telegram refuses of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest, TelegramForbiddenError, TelegramUnauthorizedError
from aiogram.types import (
    CopyTextButton,
    ForceReply,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    LinkPreviewOptions,
    ReactionTypeEmoji,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
    ReplyParameters,
)

from bot.sandbox.client import Person, Sandbox, SandboxError
from domain.clock import ManualClock
from tests.bot.sandbox.rig import QuickSession


def inline(*buttons: tuple[str, str]) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(
        inline_keyboard=[[InlineKeyboardButton(text=t, callback_data=d)] for t, d in buttons]
    )


async def test_a_message_reaches_the_person(bot: Bot, aigul: Person, clock: ManualClock) -> None:
    sent = await bot.send_message(
        aigul.id,
        "<b>Тапсырыс</b> № 7",
        reply_markup=inline(("Қабылдау", "v1:accept:7")),
        link_preview_options=LinkPreviewOptions(is_disabled=True),
    )
    assert sent.date == clock.now()
    assert sent.chat.id == aigul.id
    assert sent.from_user is not None
    assert sent.from_user.is_bot
    seen = await aigul.wait_for(lambda message: message.has("Тапсырыс"))
    assert (seen.id, seen.text) == (sent.message_id, "Тапсырыс № 7")
    assert seen.entities == [{"type": "bold", "offset": 0, "length": 8}]
    assert [(each.text, each.data) for each in seen.buttons] == [("Қабылдау", "v1:accept:7")]


async def test_numbers_are_shared_by_private_chats(
    bot: Bot, aigul: Person, sandbox: Sandbox
) -> None:
    other = await sandbox.person("Иван")
    await other.start()
    one = await bot.send_message(aigul.id, "1")
    two = await bot.send_message(other.id, "2")
    assert two.message_id == one.message_id + 1


async def test_who_cannot_be_written_to(bot: Bot, sandbox: Sandbox, aigul: Person) -> None:
    stranger = await sandbox.person("Иван")
    with pytest.raises(TelegramForbiddenError, match="bot can't initiate conversation with a user"):
        await bot.send_message(stranger.id, "x")
    await aigul.block()
    with pytest.raises(TelegramForbiddenError, match="Forbidden: bot was blocked by the user"):
        await bot.send_message(aigul.id, "x")
    with pytest.raises(TelegramForbiddenError):
        await bot.send_chat_action(aigul.id, "typing")
    with pytest.raises(TelegramBadRequest, match="chat not found"):
        await bot.send_message(12345, "x")
    with pytest.raises(TelegramBadRequest, match="chat not found"):
        await bot.send_message("@nobody", "x")
    await aigul.unblock()
    await bot.send_message(aigul.id, "x")


async def test_another_token_is_refused(bot: Bot) -> None:
    session = QuickSession(bot.session.api.base.partition("/bot")[0])
    with pytest.raises(TelegramUnauthorizedError, match="Unauthorized"):
        await Bot("7:wrong", session=session).get_me()
    await session.close()


@pytest.mark.parametrize(
    ("button", "error"),
    [
        ({"text": "x", "callback_data": "қ" * 33}, "BUTTON_DATA_INVALID"),
        ({"text": "x"}, "Text buttons are unallowed in the inline keyboard"),
        ({"text": "x", "callback_data": ""}, "Text buttons are unallowed"),
        ({"text": " ", "callback_data": "x"}, "text must be non-empty"),
        ({"text": "x", "callback_data": "x", "url": "https://a.kz"}, "one action expected"),
        ({"text": "x", "url": "nonsense"}, "Wrong HTTP URL"),
        ({"text": "x", "callback_data": "x", "style": "pink"}, "invalid button style"),
    ],
)
async def test_buttons_refused(bot: Bot, aigul: Person, button: dict[str, str], error: str) -> None:
    markup = InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton.model_validate(button)]])
    with pytest.raises(TelegramBadRequest, match=error):
        await bot.send_message(aigul.id, "x", reply_markup=markup)


async def test_buttons_let_through(bot: Bot, aigul: Person) -> None:
    rows = [
        InlineKeyboardButton(text="a", callback_data="қ" * 32, style="danger"),
        InlineKeyboardButton(text="b", url="https://example.kz/x"),
        InlineKeyboardButton(text="c", copy_text=CopyTextButton(text="42")),
    ]
    await bot.send_message(
        aigul.id, "x", reply_markup=InlineKeyboardMarkup(inline_keyboard=[rows, []])
    )
    with pytest.raises(TelegramBadRequest, match="reply markup is too long"):
        await bot.send_message(aigul.id, "x", reply_markup=inline(*[("x", "y")] * 101))


async def test_editing(bot: Bot, aigul: Person) -> None:
    sent = await bot.send_message(aigul.id, "one", reply_markup=inline(("a", "1")))
    with pytest.raises(TelegramBadRequest, match="message is not modified"):
        await sent.edit_text("one", reply_markup=inline(("a", "1")))
    await sent.edit_text("two")
    (seen,) = [each for each in await aigul.messages() if each.by_bot]
    assert (seen.text, seen.buttons, seen.edited) == ("two", [], True)
    with pytest.raises(TelegramBadRequest, match="message is not modified"):
        await sent.edit_reply_markup()
    await sent.edit_reply_markup(reply_markup=inline(("b", "2")))
    assert (await aigul.find(lambda each: each.has("b"))).text == "two"
    with pytest.raises(TelegramBadRequest, match="there is no caption in the message to edit"):
        await sent.edit_caption(caption="x")
    with pytest.raises(TelegramBadRequest, match="message to edit not found"):
        await bot.edit_message_text("x", chat_id=aigul.id, message_id=999)


async def test_what_cannot_be_edited(bot: Bot, aigul: Person) -> None:
    own = await aigul.say("mine")
    with pytest.raises(TelegramBadRequest, match="message can't be edited"):
        await bot.edit_message_text("x", chat_id=aigul.id, message_id=own.id)
    menu = ReplyKeyboardMarkup(keyboard=[[KeyboardButton(text="Мәзір")]])
    sent = await bot.send_message(aigul.id, "menu", reply_markup=menu)
    with pytest.raises(TelegramBadRequest, match="message can't be edited"):
        await bot.edit_message_text("x", chat_id=aigul.id, message_id=sent.message_id)


async def test_deleting(bot: Bot, aigul: Person, clock: ManualClock) -> None:
    sent = await bot.send_message(aigul.id, "one")
    await bot.delete_message(aigul.id, sent.message_id)
    assert [each.text for each in await aigul.messages() if each.by_bot] == []
    with pytest.raises(TelegramBadRequest, match="message to delete not found"):
        await bot.delete_message(aigul.id, sent.message_id)
    old = await bot.send_message(aigul.id, "two")
    clock.advance(timedelta(hours=48, seconds=1))
    with pytest.raises(TelegramBadRequest, match="message can't be deleted for everyone"):
        await bot.delete_message(aigul.id, old.message_id)
    new = await bot.send_message(aigul.id, "three")
    await bot.delete_messages(aigul.id, [old.message_id, new.message_id, 999])
    assert [each.text for each in await aigul.messages() if each.by_bot] == ["two"]


async def test_replies(bot: Bot, aigul: Person) -> None:
    said = await aigul.say("question")
    sent = await bot.send_message(
        aigul.id, "answer", reply_parameters=ReplyParameters(message_id=said.id)
    )
    assert sent.reply_to_message is not None
    assert sent.reply_to_message.text == "question"
    gone = ReplyParameters(message_id=999)
    with pytest.raises(TelegramBadRequest, match="message to be replied not found"):
        await bot.send_message(aigul.id, "x", reply_parameters=gone)
    kept = ReplyParameters(message_id=999, allow_sending_without_reply=True)
    assert (await bot.send_message(aigul.id, "x", reply_parameters=kept)).reply_to_message is None


async def test_copies_and_forwards(bot: Bot, aigul: Person) -> None:
    said = await aigul.say("text")
    copy = await bot.copy_message(aigul.id, aigul.id, said.id, reply_markup=inline(("a", "1")))
    seen = await aigul.find(lambda each: each.id == copy.message_id)
    assert (seen.text, len(seen.buttons)) == ("text", 1)
    forwarded = await bot.forward_message(aigul.id, aigul.id, said.id)
    assert forwarded.forward_origin is not None
    assert forwarded.forward_origin.type == "user"
    secret = await bot.send_message(aigul.id, "s", protect_content=True)
    with pytest.raises(TelegramBadRequest, match="can't be copied"):
        await bot.copy_message(aigul.id, aigul.id, secret.message_id)
    with pytest.raises(TelegramBadRequest, match="message to forward not found"):
        await bot.forward_message(aigul.id, aigul.id, 999)


async def test_several_at_once(bot: Bot, aigul: Person) -> None:
    numbers = [(await aigul.say(text)).id for text in ("one", "two")]
    copies = await bot.copy_messages(aigul.id, aigul.id, numbers)
    forwards = await bot.forward_messages(aigul.id, aigul.id, [*numbers, 999])
    seen = {each.id: each for each in await aigul.messages() if each.by_bot}
    assert [seen[each.message_id].text for each in copies] == ["one", "two"]
    assert ["forward_origin" in seen[each.message_id].raw for each in forwards] == [True, True]
    with pytest.raises(TelegramBadRequest, match="strictly increasing order"):
        await bot.copy_messages(aigul.id, aigul.id, numbers[::-1])
    await bot.pin_chat_message(aigul.id, numbers[0])
    await bot.unpin_all_chat_messages(aigul.id)
    assert (await aigul.look())["pinned"] == []


async def test_parse_modes(bot: Bot, aigul: Person) -> None:
    for mode, error in (("MarkdownV2", "is not implemented"), ("RTF", "unsupported parse_mode")):
        with pytest.raises(TelegramBadRequest, match=error):
            await bot.send_message(aigul.id, "x", parse_mode=mode)
    with pytest.raises(TelegramBadRequest, match="can't parse entities: Unexpected end tag"):
        await bot.send_message(aigul.id, "x</b>")
    with pytest.raises(TelegramBadRequest, match="message text is empty"):
        await bot.send_message(aigul.id, "")
    sent = await bot.send_message(aigul.id, "<b>x", parse_mode=None)
    assert sent.text == "<b>x"


async def test_a_keyboard_goes_with_its_message(bot: Bot, aigul: Person) -> None:
    menu = ReplyKeyboardMarkup(keyboard=[[KeyboardButton(text="Мәзір")]])
    sent = await bot.send_message(aigul.id, "menu", reply_markup=menu)
    await bot.delete_message(aigul.id, sent.message_id)
    assert await aigul.keyboard() == []


async def test_reply_keyboards(bot: Bot, aigul: Person) -> None:
    contact = KeyboardButton(text="Нөмірді жіберу", request_contact=True)
    menu = ReplyKeyboardMarkup(keyboard=[[contact]], one_time_keyboard=True)
    sent = await bot.send_message(aigul.id, "x", reply_markup=menu)
    assert sent.reply_markup is None
    assert [(each.text, each.contact) for each in await aigul.keyboard()] == [
        ("Нөмірді жіберу", True)
    ]
    await aigul.share_contact()
    assert await aigul.keyboard() == []
    lasting = ReplyKeyboardMarkup(keyboard=[[KeyboardButton(text="Мәзір")]])
    await bot.send_message(aigul.id, "x", reply_markup=lasting)
    await aigul.say("Мәзір")
    assert [each.text for each in await aigul.keyboard()] == ["Мәзір"]
    await bot.send_message(aigul.id, "x", reply_markup=ReplyKeyboardRemove())
    assert await aigul.keyboard() == []
    await bot.send_message(aigul.id, "x", reply_markup=ForceReply())
    assert (await aigul.look())["reply_keyboard"] == {"force_reply": True}
    await aigul.say("answer")
    assert (await aigul.look())["reply_keyboard"] is None


async def test_reply_keyboards_refused(bot: Bot, aigul: Person, sandbox: Sandbox) -> None:
    group = await sandbox.group("Топ", [aigul])
    ask = ReplyKeyboardMarkup(keyboard=[[KeyboardButton(text="x", request_contact=True)]])
    with pytest.raises(TelegramBadRequest, match="requested in private chats only"):
        await bot.send_message(group, "x", reply_markup=ask)
    empty = ReplyKeyboardMarkup(keyboard=[[KeyboardButton(text="")]])
    with pytest.raises(TelegramBadRequest, match="keyboard button text must be non-empty"):
        await bot.send_message(aigul.id, "x", reply_markup=empty)


async def test_pins_reactions_and_actions(bot: Bot, aigul: Person) -> None:
    said = await aigul.say("x")
    await bot.pin_chat_message(aigul.id, said.id)
    pinned = (await bot.get_chat(aigul.id)).pinned_message
    assert pinned is not None
    assert pinned.message_id == said.id
    await bot.unpin_chat_message(aigul.id)
    with pytest.raises(TelegramBadRequest, match="message to unpin not found"):
        await bot.unpin_chat_message(aigul.id)
    await bot.set_message_reaction(aigul.id, said.id, [ReactionTypeEmoji(emoji="👍")])
    (seen,) = [each for each in await aigul.messages() if each.id == said.id]
    assert seen.raw["_reactions"] == [{"type": "emoji", "emoji": "👍"}]
    await bot.send_chat_action(aigul.id, "typing")
    with pytest.raises(TelegramBadRequest, match="wrong parameter action"):
        await bot.send_chat_action(aigul.id, "dancing")


async def test_a_long_text_is_split_as_apps_do(bot: Bot, aigul: Person) -> None:
    await aigul.say("ұ" * 10_000)
    lengths = [len(each.text) for each in await aigul.messages()]
    assert lengths == [6, 4096, 4096, 1808]
    with pytest.raises(SandboxError, match="empty"):
        await aigul.say("  ")
