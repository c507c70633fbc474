"""Reading the warehouse: the reader of one viewer, and the looks at every statement that it runs."""
