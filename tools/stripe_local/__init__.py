"""A local server that speaks Stripe's protocol: checkout sessions, their hosted page, signed webhooks."""
