"""Running: are we where we said, what must change today?"""
