"""Financial plans: goals, projections, recommendations."""
