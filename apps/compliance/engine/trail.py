"""The trail of a figure: one line for each thing that made it."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Line:
    """One line: a stable code, an English message id, and the values for its places.

    Whoever shows it translates `text` first and fills in `params` then.
    """

    code: str
    text: str
    params: dict[str, str] = field(default_factory=dict)

    def as_mapping(self) -> dict[str, object]:
        """Return it as it is stored with the result."""
        return {"code": self.code, "text": self.text, "params": self.params}

    def __str__(self) -> str:
        return self.text % self.params if self.params else self.text
