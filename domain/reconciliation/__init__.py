"""The nightly check: every deadline computed anew, every state asked for what it must have."""
