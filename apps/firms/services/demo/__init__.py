"""The demo firm: three years of life from a fixed seed, made by the product's own services."""
