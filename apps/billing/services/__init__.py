"""What is done in billing: every write, with its actor and its place on the trail."""
