"""Tests of faults, maintenance and our own health."""
