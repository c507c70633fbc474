"""Forms whose horizontal axis is time."""
