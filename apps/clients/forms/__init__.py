"""Shape of what people type; nothing here writes."""
