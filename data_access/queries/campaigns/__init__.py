"""What campaigns reached, brought, cost and were told."""
