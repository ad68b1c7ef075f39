"""What staff see across apps, read."""
