"""The catalogues of messages: what the code says, each language in step with it, and the compiled form Django reads.

Babel does all of it, so that no machine needs the system's gettext. Templates are turned into Python by Django's own
`templatize`, as `makemessages` does.
"""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[2]
LOCALE = ROOT / "locale"
FOLDERS = ("apps", "config", "templates")
# headers that change with every run, or say nothing
UNSAID = tuple(
    f'"{name}'.encode()
    for name in (
        *("Project-Id-Version", "Report-Msgid-Bugs-To", "POT-Creation-Date", "PO-Revision-Date"),
        *("Last-Translator", "Language-Team", "Generated-By"),
    )
)
# Django's names and the kernel's mark; a number names the place of the message, "c" of its context
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop")),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}

# a message, or its singular and plural, and its context
Marked = tuple[str | tuple[str, str], str | None]


def collected() -> Catalog:
    """Return every message that the product's code and templates mark for the translators."""
    catalog = Catalog(project="Steward", charset="utf-8", fuzzy=False)
    for path in _sources():
        for message, context in _in_python(path) if path.suffix == ".py" else _in_template(path):
            catalog.add(message, context=context)
    return catalog


def catalogues() -> list[Path]:
    """Return the catalogue of each language."""
    return sorted(LOCALE.glob("*/LC_MESSAGES/django.po"))


def read(path: Path) -> Catalog:
    """Read a language's catalogue; its folder names the language."""
    with path.open("rb") as source:
        return read_po(source, locale=path.parts[-3])


def in_step(known: Catalog, wanted: Catalog) -> Catalog:
    """Return the wanted messages with the translations there are: new ones stand empty, what is not wanted is gone."""
    fresh = Catalog(locale=known.locale, project="Steward", charset="utf-8", fuzzy=False)
    for message in wanted:
        if not message.id:
            continue
        old = known.get(message.id, message.context)
        # a message that gained or lost its plural needs a translation of the new shape
        text = old.string if old and old.pluralizable == message.pluralizable else None
        fresh.add(message.id, text, context=message.context)
    return fresh


def write(catalog: Catalog, path: Path) -> None:
    """Write it sorted and without places in the code, so that a change shows only itself."""
    catalog.header_comment = "# Steward's words in another language: `make messages` collects them."
    written = BytesIO()
    write_po(written, catalog, no_location=True, sort_output=True, width=0)
    kept = [line for line in written.getvalue().splitlines(keepends=True) if not line.startswith(UNSAID)]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"".join(kept))


def compile_catalogue(path: Path) -> Path:
    """Write the `.mo` beside it; a message without a translation stays out and shows in English."""
    target = path.with_suffix(".mo")
    compiled = BytesIO()
    write_mo(compiled, read(path))
    # put in place at once: processes that start together read a whole one
    part = target.with_name(f"{target.name}.{os.getpid()}")
    part.write_bytes(compiled.getvalue())
    part.replace(target)
    return target


def compile_stale() -> list[Path]:
    """Compile each catalogue that is newer than its compiled form; return which."""
    stale = [path for path in catalogues() if not _is_fresh(path)]
    return [compile_catalogue(path) for path in stale]


def _is_fresh(path: Path) -> bool:
    target = path.with_suffix(".mo")
    return target.exists() and target.stat().st_mtime >= path.stat().st_mtime


def _sources() -> Iterator[Path]:
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in {".py", ".html", ".txt"} and "migrations" not in path.parts:
                yield path


def _in_python(path: Path) -> Iterator[Marked]:
    """Read the calls themselves: to Babel's scan of tokens the key in `gettext(error["mend"])` is a message."""
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name not in KEYWORDS:
            continue
        places = [place if isinstance(place, int) else place[0] for place in KEYWORDS[name] or (1,)]
        texts = [_text(node.args[place - 1 : place]) for place in places]
        if None not in texts:
            context = texts.pop(0) if "pgettext" in name else None
            yield _message(tuple(text for text in texts if text is not None)), context


def _text(argument: list[ast.expr]) -> str | None:
    """Return the text that stands in the code at this place; a name or an expression is none."""
    if argument and isinstance(argument[0], ast.Constant) and isinstance(argument[0].value, str):
        return argument[0].value
    return None


def _message(texts: tuple[str, ...]) -> str | tuple[str, str]:
    return texts[0] if len(texts) == 1 else (texts[0], texts[1])


def _in_template(path: Path) -> Iterator[Marked]:
    # what stands before a message is blanked out; its indentation would be Python's
    blanked = "\n".join(line.strip() for line in templatize(path.read_text(), origin=str(path)).split("\n"))
    for _line, message, _comments, context in extract("python", BytesIO(blanked.encode()), KEYWORDS):
        yield _message((message,) if isinstance(message, str) else message), context
