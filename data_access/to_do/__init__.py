"""The kinds of what a branch has to do, each a list of customers on a day: who, why, what is at stake, by when, whose.

`kinds` names them all; `tiers`, `contacts`, `waiting` and `ending` say each; `day` and `row` are what they share.
"""
