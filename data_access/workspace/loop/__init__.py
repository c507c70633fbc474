"""What is kept of the loop: plans and their frozen forecasts, matches, alarms, evaluations, decisions, actions."""
