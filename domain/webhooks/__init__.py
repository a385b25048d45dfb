"""Webhooks out: what happened, told to the programs of companies and of the operator.

The record of acts is the source: a worker follows it by a cursor and makes events and deliveries
of it, so that nothing is told that is not on record, and no use case knows of webhooks.
"""
