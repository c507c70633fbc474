"""What a viewer does beside reading: notes, targets, tasks, views, subscriptions, loading."""
