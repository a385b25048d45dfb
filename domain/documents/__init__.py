"""Documents people get and send: the protocol of results, the summary, spreadsheets.

Pure functions of frozen dataclasses: no database, no clock, no network. Fixed wording of the
forms lives in ``labels.json`` in both languages; what a person typed goes to Typst as JSON only.
"""
