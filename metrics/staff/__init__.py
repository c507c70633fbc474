"""How staff do, with what evidence, and who can learn from whom."""
