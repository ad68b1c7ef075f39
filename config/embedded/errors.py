"""What can go wrong at start."""


class LaunchError(Exception):
    """Steward cannot start; both parts together are the one line that is printed."""

    def __init__(self, what: str, mend: str) -> None:
        self.what, self.mend = what, mend
        super().__init__(f"{what} {mend}".strip())
