"""The nightly check."""
