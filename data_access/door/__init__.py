"""The door: who a viewer is, and which reader their rights open."""
