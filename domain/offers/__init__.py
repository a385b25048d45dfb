"""Offers: what producers answer to an order, how they are judged and combined."""
