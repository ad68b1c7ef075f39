"""Numbers of suitability: tolerance, capacity, need, and what follows from them."""
