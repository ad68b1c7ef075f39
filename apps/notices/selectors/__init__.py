"""What notices are read by."""
