"""The support desk: tickets, their promises, the operators' work, recordings (acts 366, 627)."""
