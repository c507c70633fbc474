"""Who rises, who slips, and what that is worth."""
