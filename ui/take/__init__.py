"""What is taken along: files of what is shown, and lists of customers for a stated purpose."""
