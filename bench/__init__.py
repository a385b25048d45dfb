"""Benchmarks: each prints a table. They are no tests; nothing fails for being slow."""
