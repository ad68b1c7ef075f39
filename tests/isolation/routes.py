"""Every address of a firm's site, from the resolver itself: a new one is walked without anybody's doing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import URLResolver, get_resolver

from tests.isolation.objects import World, maker


@dataclass(frozen=True)
class Route:
    """One address: its name with namespaces, and its keywords."""

    name: str
    keywords: tuple[str, ...]

    @property
    def is_api(self) -> bool:
        """Whether partners use it."""
        return self.name.partition(":")[0].endswith("api")

    @property
    def is_private(self) -> bool:
        """Whether it shows or changes something of one household."""
        return any(maker(self.name, keyword)[1] for keyword in self.keywords)

    def path(self, world: World) -> str:
        """Return the address with Ada's objects in it."""
        from django.urls import reverse

        filled = {keyword: maker(self.name, keyword)[0](world) for keyword in self.keywords}
        return reverse(self.name, urlconf="config.urls.tenant", kwargs=filled)


def routes() -> list[Route]:
    """Return all named addresses of a firm's site."""
    return list(dict.fromkeys(_walk(get_resolver("config.urls.tenant"), "", ())))


def _walk(resolver: URLResolver, spaces: str, keywords: tuple[str, ...]) -> Iterator[Route]:
    for pattern in resolver.url_patterns:
        own = (*keywords, *pattern.pattern.regex.groupindex)
        if isinstance(pattern, URLResolver):
            inner = f"{spaces}{pattern.namespace}:" if pattern.namespace else spaces
            yield from _walk(pattern, inner, own)
        elif pattern.name:
            yield Route(spaces + pattern.name, tuple(dict.fromkeys(own)))
