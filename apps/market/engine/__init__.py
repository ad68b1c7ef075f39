"""Pure numbers of the market: simulated continuation of prices, volatility and trend."""
