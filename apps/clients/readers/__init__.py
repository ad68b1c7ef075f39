"""Files about people, read into frozen rows."""
