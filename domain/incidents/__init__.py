"""Faults and maintenance, and what they do to deadlines (act 366, clauses 22-29; act 627)."""
