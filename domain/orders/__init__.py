"""Orders: what a customer wants to buy, of whom it is asked, and the way it goes."""
