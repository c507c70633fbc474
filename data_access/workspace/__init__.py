"""The workspace: what people decide, beside the warehouse that is only read. People, rights, sessions, saved views."""
