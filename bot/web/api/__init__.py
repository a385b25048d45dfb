"""The HTTP API: the same use cases as in the chat, for trusted integrations (act 366, clause 13).

Modules named for a subject hold its routes; the others are the frame that all routes share.
"""
