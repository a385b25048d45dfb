"""What people read: pure functions from values and a translator to texts and keyboards."""
