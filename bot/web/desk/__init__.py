"""The support desk as a web page: `/desk`, its files, and the addresses that serve it alone."""

from bot.web.desk.mount import add_desk

__all__ = ["add_desk"]
