"""Changes to households, people, documents and agreements."""
