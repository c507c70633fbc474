"""What is fast, and how fast: measured beside something that does the same, with the goal it has to meet."""
