"""The page of the loop, where people evaluate, decide, approve and close."""
