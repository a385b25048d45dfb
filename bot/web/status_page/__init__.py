"""The public page of how the platform is: `/status`, for everybody, without a token or a script."""

from bot.web.status_page.page import add_status_page

__all__ = ["add_status_page"]
