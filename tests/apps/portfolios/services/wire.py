"""A way into the market that only writes down what it was asked."""

from __future__ import annotations

from collections.abc import Sequence

from apps.core.actors import Actor
from apps.portfolios.models import BlockOrder, OrderChange


class Wire:
    """A way into the market that writes down what it was asked."""

    key, label = "wire", "by wire"

    def __init__(self) -> None:
        self.said: list[str] = []

    def serves(self, custodian: str) -> bool:
        return bool(custodian)

    def send(self, *, orders: Sequence[BlockOrder], by: Actor) -> None:
        self.said.append("send")

    def cancel(self, *, change: OrderChange, by: Actor) -> None:
        self.said.append(f"cancel {change.reference[-2:]}")

    def replace(self, *, change: OrderChange, by: Actor) -> None:
        self.said.append(f"replace {change.reference[-2:]}")

    def ask(self, *, order: BlockOrder, by: Actor) -> None:
        self.said.append("ask")

    def say_again(self, *, order: BlockOrder, by: Actor) -> None:
        self.said.append("again")
