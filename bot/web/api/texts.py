"""What the frame of the API says by itself; rules of the domain have their own texts."""

from __future__ import annotations

from handlers.views.translator import lazy

# Titles: one for each kind of problem.
INVALID = lazy("The request breaks a rule")
FORBIDDEN = lazy("Not allowed")
NOT_FOUND = lazy("Not found")
CONFLICT = lazy("Not possible in the present state")
UNAUTHENTICATED = lazy("Not signed in")
BAD_REQUEST = lazy("The request cannot be read")
FAILED = lazy("Something went wrong on our side")
UNAVAILABLE = lazy("The service is away for a moment")
GONE = lazy("No longer there")

# Details.
MALFORMED = lazy("The body is not valid JSON: {why}.")
FORM_WRONG = lazy("The form cannot be read. Send the file in a part named: {part}.")
SHAPE = lazy("The request does not have the expected form. See the fields: {fields}.")
CURSOR = lazy("This page cursor is not valid. Begin again with the first page.")
STATE = lazy("There is no such state of an order. The states are: {states}.")
TICKET_STATE = lazy("There is no such state of a request. The states are: {states}.")
INCIDENT_STATE = lazy("There is no such state of an incident. The states are: {states}.")
FILE_NOT_HERE = lazy("This file is not in our store. Its state: {state}.")
TOKEN_MISSING = lazy("Send the token in the header: Authorization: Bearer TOKEN.")
TOKEN_WRONG = lazy("This token is unknown or has been revoked.")
ROUTE_UNKNOWN = lazy("There is nothing at this address.")
METHOD_WRONG = lazy("This address does not take the method {method}. It takes: {allowed}.")
TOO_LARGE = lazy("The body is larger than {limit} MB.")
INTERNAL = lazy("The request failed. Tell us its number: {request_id}.")
AWAY = lazy("The database does not answer. Repeat the request in a moment.")
REFUSED = lazy("The request was refused ({code}).")

# The status that everybody may read.
ALL_WELL = lazy("Everything works.")
WORKS_RUN = lazy("Works are going on.")
FAULT_LASTS = lazy("There is a fault.")
