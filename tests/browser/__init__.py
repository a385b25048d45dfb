"""The demo's page in headless Chromium."""
