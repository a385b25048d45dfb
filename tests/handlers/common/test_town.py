from tests.support.chat import Town


async def test_unknown_message_is_answered(town: Town) -> None:
    erlan = await town.stranger()
    await erlan.say("абракадабра")
    await erlan.wait_for(lambda message: bool(message.text))
