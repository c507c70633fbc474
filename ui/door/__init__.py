"""Who may come in, and what the browser gets before any page runs."""
