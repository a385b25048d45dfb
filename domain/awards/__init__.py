"""Awards: whom the customer selects, and what becomes of the selection."""
