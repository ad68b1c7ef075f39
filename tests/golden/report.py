"""What the tests and the report of the golden cases agree on."""

PROPERTY = "golden case"
STATES = ("passed", "failed", "not present", "not yet answered")
