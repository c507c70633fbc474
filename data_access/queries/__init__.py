"""Statements by subject: small aggregates that add up, and no division."""
