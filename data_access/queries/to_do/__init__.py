"""Which customers wait for something, what became of such customers before, and of those who were listed."""
