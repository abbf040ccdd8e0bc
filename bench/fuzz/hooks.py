"""Loaded by Schemathesis in place of two of its own checks, with exceptions. Each is a message of the
server, or its status, and the reason why that contradicts nothing."""

import re

import schemathesis
from schemathesis.core.failures import Failure
from schemathesis.specs.openapi.checks import missing_required_header, positive_data_acceptance

CANNOT_BE_SAID = [
    (r"names no \w+ that you may see", "which rows there are is for the database to know"),
    (r"has a read rule and cannot be named here$", "the rule decides it, and so who asks"),
    (r"^must be a decimal number .* of at most 65 digits$", "a schema cannot count the digits of a number"),
    (r"^(a published post needs the time|a category cannot be its own parent)", "rules of the app's own, between fields"),
    (r"takes at most \d+ keys, each through at most \d+ relations$", "a schema cannot count across objects"),
    (r"^must be (at most|at least|less than|greater than) ", "a schema cannot bound a number in a string"),
    (r"^sort: .* is named twice$", "a list of different keys may still name a column both up and down"),
    (r": names a key twice$", "a schema cannot compare the members of several objects"),
    (r"write \"null\" in quotes$", "in a URL the word null is null; the parameter's description says so"),
    (r"a list that begins with \[ must be a JSON array$", "its first character says how a list is written"),
    (r"^id: must be an integer$", "a chain has put the id of one model where another's belongs"),
    (r"^the address of a \w+ is \S+ joined by commas", "a chain has put the id of one model where another's belongs"),
    (r"^cursor: must be the nextCursor of an earlier answer", "only the server can make one"),
    (r"^is not valid any more; ask for a new link$", "only the server can make one"),
    (r"^is not your password$", "nobody describes it"),
    (r"^is not the code that your app shows now$", "nobody describes it"),
    (r"^is one of the most common passwords", "a schema cannot list ten thousand of them"),
    (r"^must be an email address$", "the format has more than is a usable address"),
    (r"^must be a message of EIP-4361", "a schema cannot say its form"),
    (r"^(`.*`: no model has the path|`.*` is no scope)", "paths are those of the app's own models"),
    (r"^must have at most 1024 bytes$", "a schema counts characters"),
    (r"cannot stand beside cursor", "OpenAPI has no word for parameters that exclude each other"),
]


@schemathesis.check
def described_data_acceptance(ctx, response, case):
    try:
        return positive_data_acceptance(ctx, response, case)
    except Failure:
        if response.status_code == 400 and _cannot_be_said(response):
            return None
        # These need a body only where no cookie, or no token, stands for it: a schema cannot say so.
        if response.status_code in (400, 415) and case.path.endswith(("/auth/refresh", "/auth/logout")):
            return None
        raise


def _cannot_be_said(response):
    error = response.json()["error"]
    fields = error.get("fields")
    if fields:
        messages = [message for list_ in fields.values() for message in list_]
    else:
        messages = re.split(r"; (?=\S+: )", error["message"])
    return all(any(re.search(pattern, message) for pattern, _ in CANNOT_BE_SAID) for message in messages)


@schemathesis.check
def needed_token(ctx, response, case):
    try:
        return missing_required_header(ctx, response, case)
    except Failure:
        # A request is read before it is asked who makes it: what is malformed is so for everybody.
        if response.status_code == 400:
            return None
        raise
