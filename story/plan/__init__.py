"""What happens if we do this, as a story."""
