"""Arms compared: every measure by its method, what qualifies the verdict, and the finding."""
