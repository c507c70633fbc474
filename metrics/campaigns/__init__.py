"""What campaigns brought: participation, effects, returns, verdicts."""
