"""Everything that speaks HTTP to the outside: the API for integrations, health, web pages."""
