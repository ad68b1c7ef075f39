"""What templates of billing write."""
