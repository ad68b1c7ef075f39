"""Values that every room shares: money, rates, spans of days and the base of all refusals. Standard library only."""
