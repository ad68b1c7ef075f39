"""`collect` brings the catalogues in step with the code; `compile` writes what Django reads."""

from __future__ import annotations

import argparse

from tools.languages import catalogue


def main() -> None:
    """Do one of the two."""
    parser = argparse.ArgumentParser(prog="python -m tools.languages", description=__doc__)
    parser.add_argument("verb", choices=("collect", "compile"))
    if parser.parse_args().verb == "compile":
        catalogue.compile_stale()
        return
    wanted = catalogue.collected()
    for path in catalogue.catalogues():
        fresh = catalogue.in_step(catalogue.read(path), wanted)
        catalogue.write(fresh, path)
        empty = sum(not any(message.string if message.pluralizable else [message.string]) for message in fresh)
        print(f"{path.parts[-3]}: {len(fresh)} messages, {empty} without a translation")


if __name__ == "__main__":
    main()
