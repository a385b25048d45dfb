"""Ways to people besides Telegram: their addresses, and what goes there in place of the chat."""
