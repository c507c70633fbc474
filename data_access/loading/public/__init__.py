"""Public data sets as versions of the warehouse, each by a reading of its own."""
