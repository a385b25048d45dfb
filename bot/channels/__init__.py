"""Ways out besides Telegram: e-mail, SMS and others, and webhooks to integrations."""
