"""What a branch's week was: the numbers, what changed, and what is to be done."""
