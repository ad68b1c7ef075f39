"""Changes to partners."""
