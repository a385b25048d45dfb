"""Speaking to Telegram: limits, what each error means, and notices on their way out."""
