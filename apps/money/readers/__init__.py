"""Bank and card statements, read into frozen rows."""
