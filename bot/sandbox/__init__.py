"""A local Telegram: a strict Bot API server over HTTP and the people who talk to the bot.

The bot cannot tell it from Telegram; the demo page and the tests act as people through
``/sandbox/...``. Start with :func:`bot.sandbox.server.create_app` over a
:class:`bot.sandbox.world.World`.
"""
