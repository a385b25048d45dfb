"""Who acts, from where, and for what cause."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from domain.errors import AccessDenied
from domain.roles import Role

ActorKind = Literal["person", "guest", "integration", "system"]
Source = Literal["telegram", "api", "cli", "deadline"]


@dataclass(frozen=True, kw_only=True)
class Actor:
    """The one who performs a use case.

    ``cause`` names the outside event (``tg:<bot>:<update_id>``, ``api:<key>``,
    ``due:<deadline>:<generation>``): the same cause never changes anything twice.
    """

    kind: ActorKind
    source: Source
    cause: str
    person_id: int | None = None
    company_id: int | None = None
    role: Role | None = None
    telegram_id: int | None = None
    label: str = ""
    read_only: bool = False
    suspended: bool = False
    # When the act was received, where it may be worked later than that.
    at: datetime | None = None

    @classmethod
    def system(cls, cause: str, source: Source = "deadline") -> Actor:
        """The platform itself, acting on a deadline or from the command line."""
        return cls(kind="system", source=source, cause=cause)

    def because(self, cause: str) -> Actor:
        """The same actor with another cause."""
        return replace(self, cause=cause)

    def check_role(self, roles: frozenset[Role] | None) -> None:
        """Refuse an act that the actor's account has no right to.

        ``None`` means anybody, also a guest; somebody suspended may still read what is their
        own. Raises AccessDenied (act 366, clauses 5, 8, 9; act 344, clause 4).
        """
        if self.suspended and roles is not None:
            raise AccessDenied("account_suspended", "366-9a")
        if roles is None or self.kind in ("system", "integration"):
            return
        if self.kind == "guest" or self.role is None:
            raise AccessDenied("not_registered", "344-4")
        if self.role not in roles:
            raise AccessDenied("role_not_allowed", "366-8", role=self.role.value)

    def check_may_write(self) -> None:
        """Refuse any act of a suspended account, and of a token that only reads (366, 8 and 9)."""
        if self.suspended:
            raise AccessDenied("account_suspended", "366-9a")
        if self.read_only:
            raise AccessDenied("scope_too_small", "366-8")

    def acts_for(self, company_id: int) -> bool:
        """Whether the actor may act in the name of this company."""
        if self.kind == "integration":
            # A token that is bound to a company acts for no other.
            return self.company_id in (None, company_id)
        return self.kind == "system" or (self.kind == "person" and self.company_id == company_id)

    def check_acts_for(self, company_id: int) -> None:
        """Refuse an act in the name of a company that is not the actor's (act 366, clause 8)."""
        if not self.acts_for(company_id):
            raise AccessDenied("not_your_company", "366-8")
