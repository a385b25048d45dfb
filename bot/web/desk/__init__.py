"""The support desk as a web page: `/desk`, its files, and the addresses that serve it alone."""

from bot.web.desk.editing import Follow
from bot.web.desk.mount import add_desk

__all__ = ["Follow", "add_desk"]
