"""Notices: what people are told, as durable rows written in the transaction of the act.

``kinds`` is the table of all kinds, ``writing`` writes rows, ``queue`` hands them to whoever sends,
``service`` is a person's own list. Every row is rendered when it is sent.
"""
