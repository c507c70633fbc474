"""How customers move between tiers, and what that is worth."""
