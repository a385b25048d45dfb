"""News that administrators send to many people at once: drafted, counted, sent, paused, stopped."""
