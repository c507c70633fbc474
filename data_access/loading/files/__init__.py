"""A bank's files as they come: found, mapped to the contract, decoded, and read row by row."""
