"""From a bank's files to a published version of the warehouse."""
