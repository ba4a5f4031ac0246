"""Compare two cassettes, ids and times aside.

Usage: compare.py COMMITTED.json NEW.json

Exits with 1 and names the first places that differ.
"""

import json
import re
import sys

SHOWN = 10
# What the server makes up anew for each recording.
MADE_UP = {"last_modified", "etag", "last-modified", "ETag", "Last-Modified", "Content-Length", "id"}
TOKEN = re.compile(r"(_token=)[^&\"]+")


def plain(value, key=None):
    """The value without what differs from recording to recording."""
    if key in MADE_UP and not isinstance(value, (dict, list)):
        return f"<{key}>"
    if key == "Access-Control-Expose-Headers":
        # Kinto keeps it in a set: its order is another one in each process.
        return sorted(value.split(", "))
    if isinstance(value, dict):
        return {name: plain(member, name) for name, member in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, str):
        return TOKEN.sub(r"\1<token>", value)
    return value


def interactions(path):
    """The requests and replies of a cassette; key and latency follow from the rest."""
    with open(path, encoding="utf-8") as file:
        cassette = json.load(file)
    return [plain({"request": each["request"], "reply": each["reply"]}) for each in cassette["interactions"]]


def differences(old, new, place=""):
    """Every place where two values differ."""
    if isinstance(old, dict) and isinstance(new, dict):
        for name in sorted(old.keys() | new.keys()):
            yield from differences(old.get(name), new.get(name), f"{place}/{name}")
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for index, (one, other) in enumerate(zip(old, new)):
            yield from differences(one, other, f"{place}/{index}")
    elif old != new:
        yield f"{place}: {json.dumps(old)} became {json.dumps(new)}"


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: compare.py COMMITTED.json NEW.json")
    committed, new = interactions(sys.argv[1]), interactions(sys.argv[2])
    found = list(differences(committed, new))
    for line in found[:SHOWN]:
        print(line)
    if found:
        sys.exit(f"{len(found)} differences")
    print(f"{len(new)} interactions are equal, ids and times aside")
