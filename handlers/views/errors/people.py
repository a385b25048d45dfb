"""Refusals of rights, accounts, registration, invitations and the registry."""

from __future__ import annotations

from collections.abc import Mapping

from domain.errors import RuleBroken
from handlers.views.errors.told import Teller, Told, field_names, named
from handlers.views.terms import REGISTRATION_STATES, ROLES
from handlers.views.translator import Lazy, lazy

_ROLE = {"role": named(ROLES)}

RIGHTS: Mapping[str, Teller] = {
    "account_suspended": Told(
        lazy("Your account is suspended."),
        lazy("The reason is in your notices. To have it resumed, write to support."),
    ),
    "not_registered": Told(
        lazy("This is open to registered users only."),
        lazy("Press /start and register: it takes a few minutes."),
    ),
    "role_not_allowed": Told(
        lazy("Your role does not allow this. You act as: {role}."),
        lazy("If you have another role, switch to it in /me."),
        _ROLE,
    ),
    "scope_too_small": Told(
        lazy("This token may only read."),
        lazy("Use a token made for integration."),
    ),
    "not_your_company": Told(
        lazy("You cannot act for this company."),
        lazy("If you act for several companies, switch in /me."),
    ),
    "not_your_account": Told(
        lazy("This account is not yours."),
        lazy("Press /start to open your own."),
    ),
    "not_a_person": Told(
        lazy("This can be done only by a person, in the chat."),
        lazy("Open the bot and do it there."),
    ),
    "people_only": Told(
        lazy("Rights are given and taken only by people."),
        lazy("Ask an administrator to do it in the chat."),
    ),
    "account_suspended_already": Told(
        lazy("This account is already suspended."),
        lazy("Open the card of the person to see since when."),
    ),
    "account_active": Told(
        lazy("This account is not suspended."),
        lazy("There is nothing to do."),
    ),
    "person_unknown": Told(
        lazy("This person is not found."),
        lazy("Open the list of people and choose again."),
    ),
    "last_admin": Told(
        lazy("This is the last administrator."),
        lazy("Make somebody else an administrator first."),
    ),
}


def _membership_unknown(error: RuleBroken) -> Told:
    if "role" in error.params:
        return Told(
            lazy("This person does not have this role: {role}."),
            lazy("Open the card of the person to see the roles."),
            _ROLE,
        )
    return Told(
        lazy("You do not have this role any more."),
        lazy("Open /me to see the roles you have."),
    )


def _company_unknown(error: RuleBroken) -> Told:
    if "bin" not in error.params:
        return Told(
            lazy("This company is not found."),
            lazy("Check the number and try again."),
        )
    if error.params.get("role") == "customer":
        return Told(
            lazy("The company is not on the list of customers. BIN: {bin}."),
            lazy("Check the BIN, or ask the administrator to add the customer."),
        )
    return Told(
        lazy("No company with this BIN or IIN is in the registry: {bin}."),
        lazy("Check the number. A producer is entered into the registry before it registers here."),
    )


def _barred(what: Lazy) -> Told:
    return Told(
        what,
        lazy("If this is a mistake, have the registry corrected: the change comes here by itself."),
    )


REGISTRATION: Mapping[str, Teller] = {
    "already_member": Told(
        lazy("This role has already been given: {role}."),
        lazy("No new application is needed."),
        _ROLE,
    ),
    "membership_unknown": _membership_unknown,
    "full_name_format": Told(
        lazy("This does not look like a name."),
        lazy("Write the surname, name and patronymic in full, without @ and angle brackets."),
    ),
    "registration_pending": Told(
        lazy("Your application is already being considered. Its number: {number}."),
        lazy("Wait for the decision: you will be told."),
    ),
    "registration_unknown": Told(
        lazy("Application No. {number} is not found."),
        lazy("Open the list of applications and choose again."),
    ),
    "registration_decided": Told(
        lazy("Application No. {number} has already been decided: {state}."),
        lazy("There is nothing more to do."),
        {"state": named(REGISTRATION_STATES)},
    ),
    "registration_incomplete": Told(
        lazy("The application is not complete. Missing: {missing}."),
        lazy("Fill in what is missing and send it again."),
        {"missing": field_names},
    ),
    "language_unknown": Told(
        lazy("There is no such language here: {language}."),
        lazy("Choose Kazakh or Russian."),
    ),
    "consent_unknown": Told(
        lazy("There is no such consent: {kind}."),
        lazy("Press /start and begin again."),
    ),
    "consent_outdated": Told(
        lazy("The text of the consent has changed."),
        lazy("Read the new one and agree to it."),
    ),
    "contact_not_own": Told(
        lazy("This is not your own contact."),
        lazy("Share your own number with the button below the chat."),
    ),
    "position_unknown": Told(
        lazy("The position is not clear."),
        lazy("Choose the head or the contact person."),
    ),
    "role_by_invitation": Told(
        lazy("This role is given by invitation only: {role}."),
        lazy("Ask the administrator for an invitation."),
        _ROLE,
    ),
    "company_needed": Told(
        lazy("This role needs a company: {role}."),
        lazy("Give the BIN of the company."),
        _ROLE,
    ),
    "company_not_needed": Told(
        lazy("This role belongs to no company: {role}."),
        lazy("Leave the company out."),
        _ROLE,
    ),
}

INVITATIONS: Mapping[str, Teller] = {
    "invitation_unknown": Told(
        lazy("This invitation is not found."),
        lazy("Check that the link is whole, or ask for a new one."),
    ),
    "invitation_used": Told(
        lazy("This invitation has already been used."),
        lazy("Each link works once. Ask for a new one."),
    ),
    "invitation_expired": Told(
        lazy("The time of this invitation is over: {expired_at}."),
        lazy("Ask for a new one."),
    ),
    "invitation_other": Told(
        lazy("This invitation was made for another company or role."),
        lazy("Open the link again and register as it says."),
    ),
    "invite_not_allowed": Told(
        lazy("You can invite only colleagues: into your own company and your own role."),
        lazy("For anybody else, ask the administrator."),
    ),
}

COMPANIES: Mapping[str, Teller] = {
    "company_unknown": _company_unknown,
    "company_bankrupt": _barred(lazy("The company cannot take part: it is in bankruptcy.")),
    "company_liquidation": _barred(lazy("The company cannot take part: it is in liquidation.")),
    "company_unfair": _barred(
        lazy("The company cannot take part: it is on the register of unfair participants.")
    ),
    "company_excluded": _barred(
        lazy("The company cannot take part: it is no longer in the registry of producers.")
    ),
}

PEOPLE: Mapping[str, Teller] = {**RIGHTS, **REGISTRATION, **INVITATIONS, **COMPANIES}
