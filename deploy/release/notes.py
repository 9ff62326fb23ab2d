#!/usr/bin/env python3
"""Holds Cargo.toml, CHANGELOG.md and a release's tag together, and prints the notes of a version.

    notes.py check              the present version and each version in CHANGELOG.md can be released as they stand there
    notes.py check --tag v0.1.0 and this tag is the present version
    notes.py print [VERSION]    what CHANGELOG.md says of it, for a release's page
    notes.py self-test          the checks find what they are there for
"""

import datetime
import pathlib
import re
import sys
import tomllib

ROOT = pathlib.Path(__file__).resolve().parents[2]
HEAD = re.compile(r"^## \[(?P<version>[^\]]+)\](?: - (?P<date>\S+))?$")
VERSION = re.compile(r"^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$")
KINDS = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security", "Upgrade notes"}


def sections(text):
    """Version, date and lines of each section, newest first."""
    found = []
    for line in text.splitlines():
        if line.startswith("## "):
            head = HEAD.match(line)
            if not head:
                raise SystemExit(f"CHANGELOG.md: {line!r} is no heading of a version: write ## [1.2.3] - 2026-01-31")
            found.append((head["version"], head["date"], []))
        elif found:
            found[-1][2].append(line)
    return found


def parts(lines):
    """The parts of a section, by their heading."""
    found, into = {}, None
    for line in lines:
        if line.startswith("### "):
            into = found.setdefault(line[4:].strip(), [])
        elif into is not None and line.strip():
            into.append(line)
    return found


def problems(changelog, version, tag=None):
    """What is wrong, one sentence each."""
    wrong = []
    listed = sections(changelog)
    if not listed or listed[0][0] != "Unreleased":
        wrong.append("CHANGELOG.md does not begin with ## [Unreleased]")
    for name, date, lines in listed:
        of = parts(lines)
        if name != "Unreleased":
            if not VERSION.match(name):
                wrong.append(f"{name} is no version")
            try:
                datetime.date.fromisoformat(date or "")
            except ValueError:
                wrong.append(f"{name} has no date such as 2026-01-31")
        for kind in of.keys() - KINDS:
            wrong.append(f"{name} has a part {kind!r}: one of {', '.join(sorted(KINDS))}")
        if (name != "Unreleased" or of) and not of.get("Upgrade notes"):
            wrong.append(f"{name} says nothing under ### Upgrade notes: what to do, or that nothing is to be done")
    if version not in [name for name, _, _ in listed]:
        wrong.append(f"Cargo.toml is {version}, which CHANGELOG.md does not have")
    if tag is not None and tag != f"v{version}":
        wrong.append(f"the tag is {tag}, and Cargo.toml is {version}: it must be v{version}")
    return wrong


def notes(changelog, version):
    """The text of a version's section."""
    for name, _, lines in sections(changelog):
        if name == version:
            return "\n".join(lines).strip() + "\n"
    raise SystemExit(f"CHANGELOG.md does not have {version}")


def self_test():
    """Each mistake is found, and no other."""
    good = "# Changelog\n\n## [Unreleased]\n\n## [0.2.0] - 2026-02-01\n\n### Added\n\n- A.\n\n### Upgrade notes\n\nNothing.\n"
    cases = [
        (good, "0.2.0", None, []),
        (good, "0.2.0", "v0.2.0", []),
        (good, "0.2.0", "v0.3.0", ["the tag is"]),
        (good, "0.2.0", "0.2.0", ["the tag is"]),
        (good, "0.3.0", None, ["does not have"]),
        (good.replace("Nothing.\n", ""), "0.2.0", None, ["Upgrade notes"]),
        (good.replace(" - 2026-02-01", ""), "0.2.0", None, ["no date"]),
        (good.replace("2026-02-01", "2026-02-31"), "0.2.0", None, ["no date"]),
        (good.replace("### Added", "### New"), "0.2.0", None, ["a part 'New'"]),
        (good.replace("## [Unreleased]\n\n", ""), "0.2.0", None, ["does not begin"]),
        (good.replace("[Unreleased]\n", "[Unreleased]\n\n### Fixed\n\n- B.\n"), "0.2.0", None, ["Unreleased says nothing"]),
    ]
    for text, version, tag, expected in cases:
        found = problems(text, version, tag)
        fits = len(found) == len(expected) and all(part in one for part, one in zip(expected, found))
        assert fits, f"expected {expected}, found {found}"
    assert notes(good, "0.2.0").startswith("### Added\n")


def main(arguments):
    """The command line."""
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    version = tomllib.loads((ROOT / "Cargo.toml").read_text(encoding="utf-8"))["workspace"]["package"]["version"]
    match arguments:
        case ["check", *rest] if rest == [] or (len(rest) == 2 and rest[0] == "--tag"):
            wrong = problems(changelog, version, rest[1] if rest else None)
            for problem in wrong:
                print(problem, file=sys.stderr)
            return 1 if wrong else 0
        case ["print", *rest] if len(rest) <= 1:
            print(notes(changelog, rest[0] if rest else version), end="")
            return 0
        case ["self-test"]:
            self_test()
            return 0
        case _:
            print(__doc__, file=sys.stderr)
            return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
