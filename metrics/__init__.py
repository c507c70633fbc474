"""The statistics of branch marketing: estimates with intervals, tests and forecasts from sufficient statistics."""
