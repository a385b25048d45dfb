"""The use cases of people: accounts, registration, invitations, roles."""

from __future__ import annotations

from domain.people.accounts import Accounts
from domain.people.administration import Administration
from domain.people.invitations import Invitations
from domain.people.registration import Registrations
from domain.work import Site


class People(Accounts, Registrations, Invitations, Administration):
    """Everything about people; each part stands in a file of its own."""

    def __init__(self, site: Site) -> None:
        self.site = site
