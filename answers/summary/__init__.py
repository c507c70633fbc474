"""How the bank did in a period, and why."""
