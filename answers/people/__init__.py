"""Who of a branch does well, with what evidence, and who can learn from whom?"""
