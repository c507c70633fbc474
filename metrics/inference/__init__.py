"""Estimates with intervals, tests and adjustments: one row per thing in, one row per thing out."""
