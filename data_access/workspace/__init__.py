"""The workspace: what people decide, beside the warehouse that is only read.

People, rights and sessions; saved views; targets, notes and to-do rows.
"""
