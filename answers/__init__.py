"""One question a file: what a viewer may see, asked of the queries, judged by the metrics, and returned as one answer.

An answer is frozen and has neither language nor screen: `story` tells it. It never raises for what a feed may legally
hold: one contradictory campaign becomes a reason in its own row.
"""
