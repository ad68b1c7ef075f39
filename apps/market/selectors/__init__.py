"""What is read of market."""
