"""What a planner can do on screen: choose, compare, save, freeze, take the audience along."""
