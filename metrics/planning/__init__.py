"""Before and during a campaign: forecast, allocation, monitoring, calibration."""
