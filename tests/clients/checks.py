"""What the checks of the Python clients share: each prints a line, and the last one says whether all held."""

import json
import operator
import os
import sys
import time
import urllib.request

BASE = os.environ["SHAPES"]
failures = 0


def count(place):
    """How many requests have come below that path."""
    with urllib.request.urlopen(f"{BASE}/count/{place}") as reply:
        return int(reply.read())


# What every wire can say.
PLAIN = ("text", "call", "two_calls")


def sayings():
    """What the server can say, by name: the text, the calls as `(id, name, arguments)`, and what only a wire knows."""
    with urllib.request.urlopen(f"{BASE}/sayings") as reply:
        everything = json.load(reply)

    def said(parts):
        calls = [part["call"] for part in parts if "call" in part]
        text = "".join(part.get("text", "") for part in parts)
        said = {"text": text, "calls": [(call["id"], call["name"], call.get("arguments", call.get("input"))) for call in calls]}
        others = [part["other"] for part in parts if "other" in part]
        return {**said, "others": others} if others else said

    return {name: said(parts) for name, parts in everything.items()}


def arguments(text):
    """The arguments of a call as a value, or as the text that they are if they are no JSON."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def compact(value):
    """A value as the server writes it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _line(name, problem):
    global failures
    failures += problem is not None
    print(f"FAILED {name}: {problem}" if problem else f"ok {name}", flush=True)


def raises(name, kind, call, expected={}):
    """The call raises exactly this type, and these members of the error (`error.code`) have these values."""
    try:
        call()
    except Exception as error:
        problem = None
        if type(error) is not kind:
            problem = f"raised {type(error).__name__}: {error}"
        for member, value in expected.items():
            try:
                found = operator.attrgetter(member)(error)
            except AttributeError:
                found = None
            if problem is None and found != value:
                problem = f"{member} is {found!r}, not {value!r}"
    else:
        problem = "nothing was raised"
    what = ", ".join(f"{member} {value}" for member, value in expected.items())
    _line(f"{name} -> {kind.__name__}" + (f" ({what})" if what else ""), problem)


def gives(name, call, expected):
    """The call raises nothing, and what it returns has these members with these values."""
    try:
        found = call()
    except Exception as error:
        problem = f"raised {type(error).__name__}: {error}"
    else:
        other = {member: found.get(member) for member, value in expected.items() if found.get(member) != value}
        problem = f"got {other!r}" if other else None
    _line(name, problem)


def asks(name, place, requests, call, least=0.0, most=60.0, fails=None):
    """The call asks so many times, and takes so long; it raises `fails`, or nothing."""
    begin, raised = time.monotonic(), None
    try:
        call()
    except Exception as error:
        raised = error
    seconds = time.monotonic() - begin
    asked = count(place)
    problem = None
    if (type(raised) if raised else None) is not fails:
        problem = f"raised {raised!r}"
    elif asked != requests:
        problem = f"asked {asked} times"
    elif not least <= seconds <= most:
        problem = f"took {seconds:.2f} s"
    _line(f"{name}: {requests} request{'s' if requests > 1 else ''} in {least} s or more", problem)


def finish():
    sys.exit(1 if failures else 0)
