"""The desk in Telegram: tickets mirrored into topics of forum groups."""
