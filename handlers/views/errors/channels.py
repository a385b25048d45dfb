"""Refusals about people's addresses."""

from __future__ import annotations

from collections.abc import Mapping

from handlers.views.errors.told import Teller, Told, named
from handlers.views.terms import ROLES
from handlers.views.translator import lazy

CHANNELS: Mapping[str, Teller] = {
    "channel_not_served": Told(
        lazy("Notices are not sent this way here."),
        lazy("Choose another way under “E-mail, SMS”."),
    ),
    "address_url": Told(
        lazy("This is not an address of a messenger."),
        lazy("Copy it whole, without spaces and without anything after a question mark."),
    ),
    "address_scheme": Told(
        lazy("Addresses of this kind are not taken here."),
        lazy("An address begins with one of these: {known}"),
    ),
    "address_private": Told(
        lazy("This address leads into a closed network."),
        lazy("Give one that is open to the internet."),
    ),
    "address_known": Told(
        lazy("Notices go to this address already."),
        lazy("To check it, send a test message under “E-mail, SMS”."),
    ),
    "address_none": Told(
        lazy("There is no such address any more."),
        lazy("Add one under “E-mail, SMS”."),
    ),
    "join_unknown": Told(
        lazy("There is no account without Telegram under your e-mail any more."),
        lazy("Look under “E-mail, SMS”, or ask the administrator."),
    ),
    "join_suspended": Told(
        lazy("The account without Telegram is suspended: it cannot be joined."),
        lazy("Ask the administrator to have it resumed."),
    ),
    "join_roles": Told(
        lazy("One person may not hold both roles: {role} and {other}."),
        lazy("Ask the administrator to take one of them away, then join the accounts."),
        {"role": named(ROLES), "other": named(ROLES)},
    ),
    "account_joined": Told(
        lazy("This account was joined with another one of the same person."),
        lazy("Find the person under “People” and choose the account that goes on."),
    ),
    "letter_over": Told(
        lazy("This link serves no more: the term of the notice is over."),
        lazy("Nothing has to be done with this notice."),
    ),
    "address_taken": Told(
        lazy("This e-mail belongs to somebody who is registered already."),
        lazy("Find them under “People”, or give another e-mail."),
    ),
    "address_no_code": Told(
        lazy("No code is awaited now."),
        lazy("Wait until it comes, or ask for another one under “E-mail, SMS”."),
    ),
    "address_code_wrong": Told(
        lazy("This is not the code. Tries left: {left}."),
        lazy("Look at the newest message: only the last code counts."),
    ),
    "address_code_expired": Told(
        lazy("The code is no longer valid."),
        lazy("Ask for another one: it is valid for 30 minutes."),
    ),
    "address_code_spent": Told(
        lazy("A wrong code was given too many times."),
        lazy("Ask for another one."),
    ),
    "address_codes_spent": Told(
        lazy("Too many messages were asked for within an hour."),
        lazy("The next one can be asked for after {until}."),
    ),
    "person_has_chat": Told(
        lazy("This person has Telegram and acts there."),
        lazy("Leave it to them: “My account”, then “E-mail, SMS”."),
    ),
    "role_needs_chat": Told(
        lazy("The role “{role}” cannot be served without Telegram."),
        lazy("Send the person an invitation to the chat."),
        {"role": named(ROLES)},
    ),
}
