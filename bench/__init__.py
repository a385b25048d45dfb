"""Benchmarks that print tables: ``make bench``, or ``python -m bench.NAME [--quick]``.

Each compares with a baseline measured in the same minute, so the ratios mean something also on a
machine that others use. Helpers stand in files that begin with an underscore.
"""
