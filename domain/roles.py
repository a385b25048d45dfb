"""Roles of people (act 366, clauses 2, 7 and 8)."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What a person is to the platform in one membership."""

    SUPPLIER = "supplier"
    CUSTOMER = "customer"
    SUPPORT = "support"
    ADMIN = "admin"
    AUTHORITY = "authority"
    TECHNICAL_OPERATOR = "technical_operator"
    OBSERVER = "observer"

    @property
    def of_company(self) -> bool:
        """Whether the role is held on behalf of a registered company."""
        return self in COMPANY_ROLES


COMPANY_ROLES = frozenset({Role.SUPPLIER, Role.CUSTOMER})
STAFF_ROLES = frozenset(Role) - COMPANY_ROLES
# Those who watch: orders and protocols in view mode, nothing else (act 344, clause 11).
WATCHERS = frozenset({Role.ADMIN, Role.AUTHORITY, Role.TECHNICAL_OPERATOR, Role.OBSERVER})
EVERYBODY = frozenset(Role)
