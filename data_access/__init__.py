"""The only room that knows SQL: the warehouse's contract, its loaders, and a reader bound to what a viewer may see."""
