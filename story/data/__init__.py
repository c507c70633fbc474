"""The data page: can I trust this, and what does it mean?"""
