"""Changes to notices."""
