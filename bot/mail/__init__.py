"""E-mail of the support desk: letters in, letters out (act 366, clauses 19.3 and 19.4)."""

from __future__ import annotations

from bot.config import Settings
from bot.mail.certificate import Certificate
from bot.mail.intake import MailIntake
from bot.mail.listener import listening
from bot.mail.sending import MailSender, handing_over
from domain.services import Services

__all__ = ["Mail", "MailIntake"]


class Mail:
    """Both directions of one process; each may be switched off.

    Raises BadCertificate where the listener's cannot be used.
    """

    def __init__(self, services: Services, settings: Settings) -> None:
        self._address = settings.mail_address or ""
        self._door = settings.mail_door if self._address else None
        files = settings.mail_certificate
        self._certificate = Certificate(*files) if files and self._door else None
        # The port that is listened on, once it is.
        self.port: int | None = None
        url = settings.smtp_url.get_secret_value() if settings.smtp_url else None
        self.intake = MailIntake(services, self._address)
        self.sender = MailSender(
            services, self._address, handing_over(url) if url and self._address else None
        )

    def wake(self) -> None:
        """Say that an act was committed: it may have written letters."""
        self.sender.wake()

    async def run(self) -> None:
        """Listen and send until cancelled; raises OSError where nothing can listen."""
        if self._door is None:
            await self.sender.run()
            return
        door = (*self._door, self._certificate)
        async with listening(self.intake, self._address, *door) as port:
            self.port = port
            await self.sender.run()
