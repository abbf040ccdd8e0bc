"""Loaded by Schemathesis in place of two of its own checks, with exceptions. Each is a message of the
server, or its status, and the reason why that contradicts nothing."""

import json
import os
import re
from pathlib import Path

import schemathesis
from schemathesis.core.failures import Failure
from schemathesis.specs.openapi.checks import missing_required_header, positive_data_acceptance

CANNOT_BE_SAID = [
    (r"names no \w+ that you may see", "which rows there are is for the database to know"),
    (r"has a read rule and cannot be named here$", "the rule decides it, and so who asks"),
    (r"must be a decimal number .* of at most \d+ digits", "a schema cannot count the digits of a number"),
    (r"^(a published post needs the time|a category cannot be its own parent)", "rules of the app's own, between fields"),
    (r"takes at most \d+ keys, each through at most \d+ relations$", "a schema cannot count across objects"),
    (r"^must be (at most|at least|less than|greater than) ", "a schema cannot bound a number in a string"),
    (r"^sort: .* is named twice$", "a list of different keys may still name a column both up and down"),
    (r"^orderBy\.\w+: is named twice$", "a schema cannot compare the members of several objects"),
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
    (r"cannot stand beside (cursor|upsert)", "OpenAPI has no word for parameters that exclude each other"),
    (r"cannot be skipped: what follows looks at each row", "the rules of the model decide it"),
    (r"^ask for at least one of _count", "a schema cannot look for one true among many members"),
    (r"^cannot be changed by an upsert$", "of what a batch writes the document says that it is a body of the model"),
    (r"^give a filter: this is about many rows", "OpenAPI has no word for at least one of several parameters"),
    (r"^having: stands beside by only", "OpenAPI has no word for members that need each other in one of two forms"),
    (r"^orderBy\.\w+: unknown field", "what groups are sorted by depends on what they are made by"),
    (r"groups are not made by ", "what groups are tested and sorted by depends on what they are made by"),
    (r"^take: must be an integer between 0 and \d+$", "groups come in pages, and rows that are measured do not"),
    (r"^this Idempotency-Key was used for another request", "which keys were used is for the server to know"),
    (r"^if-(none-)?match must be \* or tags", "the generator makes headers that their own pattern forbids, such as 0"),
    (r"as: is the name of an earlier operation$", "a schema cannot compare the members of several objects"),
]


# By path: the model, and the rows that deletes by a filter may have.
SPARE = json.loads(Path(os.environ["PURLIN_FUZZ_SPARE"]).read_text())


@schemathesis.hook
def before_call(ctx, case, kwargs):
    """A filter such as `{}` would delete the rows that all later requests of the run are about."""
    if case.method.upper() == "DELETE" and case.path in SPARE and isinstance(case.query, dict):
        if "where" in case.query:
            case.query["where"] = _narrowed(case.query["where"], SPARE[case.path]["ids"])
    if case.path.endswith("/batch") and isinstance(case.body, dict):
        operations = case.body.get("operations")
        ids = {spare["model"]: spare["ids"] for spare in SPARE.values()}
        for operation in operations if isinstance(operations, list) else []:
            if isinstance(operation, dict) and operation.get("op") == "deleteMany" and "where" in operation:
                model = operation.get("model")
                operation["where"] = _narrowed(operation["where"], ids.get(model, []) if isinstance(model, str) else [])


def _narrowed(where, ids):
    """What is no filter stays what it is, and is refused."""
    narrow = {"id": {"in": ids}} if ids else {"OR": []}
    if isinstance(where, str):
        try:
            parsed = json.loads(where)
        except ValueError:
            return where
        return json.dumps({"AND": [parsed, narrow]}) if isinstance(parsed, dict) else where
    return {"AND": [where, narrow]} if isinstance(where, dict) else where


@schemathesis.check
def described_data_acceptance(ctx, response, case):
    try:
        return positive_data_acceptance(ctx, response, case)
    except Failure:
        if response.status_code in (400, 422) and _cannot_be_said(response):
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
