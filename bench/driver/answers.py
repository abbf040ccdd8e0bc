"""Checks that every contender gives the same answers, before anything is measured.

Cursor values, request ids, messages and the ids and times of new rows are each server's own;
all else must be equal, and each case states the status that the contract asks for.
"""

import json
import re
from dataclasses import dataclass

from .client import Client
from .server import Server
from .tokens import token

UUID = re.compile(r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$")
INSTANT = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
LIST = "/api/posts?limit=20&sort=-createdAt"
DEEP_PAGES = 30
# What reading an answer of another form than expected raises.
BROKEN = (KeyError, TypeError, ValueError, AttributeError)


@dataclass(frozen=True)
class Case:
    name: str
    status: int
    method: str
    path: str
    token: str | None = None
    body: str | None = None


def cases(data):
    """The requests of one actor after another; the data decides who may see what."""
    admin = token(data.admin[0])
    published = [post for post in data.posts if post[3] == "PUBLISHED"]
    drafts = [post for post in data.posts if post[3] == "DRAFT" and post[5] != data.admin[0]]
    draft = drafts[0]
    owner, stranger = token(draft[5]), token(next(user[0] for user in data.users[1:] if user[0] != draft[5]))
    one = f"/api/posts/{published[0][0]}"
    absent = "/api/posts/00000000-0000-7000-8000-000000000000"

    # Posts 0, 10, 20, … hold the text that a JSON writer must escape.
    for post in [post for post in data.posts[:2_000:10] if post[3] == "PUBLISHED"] + published[-20:]:
        yield Case(f"get {post[0]}", 200, "GET", f"/api/posts/{post[0]}", stranger)
    yield Case("own draft", 200, "GET", f"/api/posts/{draft[0]}", owner)
    yield Case("another's draft is hidden", 404, "GET", f"/api/posts/{draft[0]}", stranger)
    yield Case("an admin reads drafts", 200, "GET", f"/api/posts/{draft[0]}", admin)
    yield Case("absent", 404, "GET", absent, stranger)

    user_id = data.users[1][0]
    yield Case("no token", 401, "GET", one)
    for name, wrong in {
        "not a token": "abc",
        "foreign secret": token(user_id, secret="another-secret-of-sufficient-length-0123456789"),
        "algorithm none": token(user_id, algorithm="none"),
        "algorithm named HS384": token(user_id, algorithm="HS384"),
        "foreign issuer": token(user_id, iss="someone-else"),
        "foreign audience": token(user_id, aud="something-else"),
        "expired": token(user_id, exp=1_700_000_000),
        "user that does not exist": token("00000000-0000-7000-8000-000000000000"),
    }.items():
        yield Case(f"token: {name}", 401, "GET", one, wrong)

    for actor, who in ((stranger, "user"), (owner, "owner"), (admin, "admin")):
        for extra in ("&count=none", "&count=capped", "&count=exact", "", "&count=none&page=3", "&count=exact&page=4600"):
            yield Case(f"list as {who} {extra}", 200, "GET", LIST + extra, actor)
        yield Case(f"list with author as {who}", 200, "GET", f"{LIST}&include=author&count=none", actor)
    newest_author = token(data.posts[-1][5])
    yield Case("list with own address shown", 200, "GET", f"{LIST}&include=author&count=none", newest_author)
    yield Case("page too large", 400, "GET", "/api/posts?limit=101&sort=-createdAt", stranger)
    yield Case("unknown parameter", 400, "GET", f"{LIST}&colour=red", stranger)
    yield Case("unknown count", 400, "GET", f"{LIST}&count=some", stranger)
    yield Case("invalid cursor", 400, "GET", f"{LIST}&cursor=!!!", stranger)

    for name, status, changes in (
        ("valid", 201, {}),
        ("least", 201, {"status": None}),
        ("text to escape", 201, {"title": "\"a\" \\ b", "content": "line\nbreak \u0001 日本語 🚀"}),
        ("longest title", 201, {"title": "é" * 200}),
        ("empty title", 400, {"title": ""}),
        ("title too long", 400, {"title": "x" * 201}),
        ("no content", 400, {"content": None}),
        ("unknown field", 400, {"colour": "red"}),
        ("unknown status", 400, {"status": "LOST"}),
        ("another's name", 403, {"authorId": data.admin[0]}),
    ):
        body = {"title": "New", "content": "Text", "status": "PUBLISHED", "authorId": draft[5], **changes}
        text = json.dumps({key: value for key, value in body.items() if value is not None})
        yield Case(f"create: {name}", status, "POST", "/api/posts", owner, text)
    yield Case("create: malformed", 400, "POST", "/api/posts", owner, '{"title": ')
    yield Case("create: no token", 401, "POST", "/api/posts", None, "{}")


def collect(contender, data):
    """Every case's answer, made comparable, with the differences from what the contract states."""
    found, wrong = {}, []
    contender.database.reset()
    with Server(contender) as server, Client(server.port) as client:
        # Creates come last, so that the lists are equal; the walk by cursor is before them.
        reads = [case for case in cases(data) if case.method == "GET"]
        writes = [case for case in cases(data) if case.method == "POST"]
        for case in reads:
            found[case.name] = _answer(client, case, wrong)
        try:
            found.update(_walk(client, token(data.users[1][0]), wrong))
        except BROKEN as broken:
            wrong.append(f"walk by cursor: not the form of the contract: {broken!r}")
        for case in writes:
            found[case.name] = _answer(client, case, wrong)
    contender.database.reset()
    return found, wrong


def differences(reference, other):
    """Lines that show where two contenders' answers differ."""
    return [
        f"{name}:\n  one:   {_short(answer)}\n  other: {_short(other.get(name))}"
        for name, answer in reference.items()
        if other.get(name) != answer
    ]


def _answer(client, case, wrong):
    status, body, headers = client.ask(case.method, case.path, case.token, case.body)
    if status != case.status:
        wrong.append(f"{case.name}: status {status} instead of {case.status}: {_short(body)}")
    if status >= 400:
        return status, (body or {}).get("error", {}).get("code")
    if status != 201:
        meta = body.get("meta", {})
        if "page" in meta:
            # Purlin says of every page whether more follow; the peers leave that out.
            meta.pop("hasMore", None)
        return status, body
    try:
        return status, _created(client, case, body["data"], headers, wrong)
    except BROKEN as broken:
        wrong.append(f"{case.name}: not the form of the contract: {broken!r} in {_short(body)}")
        return status, None


def _created(client, case, post, headers, wrong):
    """A new row without what is its own, after reading it back by its address."""
    address = headers.get("Location") or ""
    if not address.endswith(f"/api/posts/{post['id']}"):
        wrong.append(f"{case.name}: Location is {address!r}")
    _, again, _ = client.ask("GET", f"/api/posts/{post['id']}", case.token)
    if again != {"data": post}:
        wrong.append(f"{case.name}: read back as {_short(again)}")
    for name, form in (("id", UUID), ("createdAt", INSTANT), ("updatedAt", INSTANT)):
        if not form.match(post[name]):
            wrong.append(f"{case.name}: {name} is {post[name]!r}")
    return {**post, "id": "", "createdAt": "", "updatedAt": ""}


def _walk(client, actor, wrong):
    """Pages by cursor, with and without author, and one deep in the set."""
    found = {}
    for extra in ("", "&include=author"):
        cursor = ""
        for page in range(3):
            status, body, _ = client.ask("GET", f"{LIST}{extra}&cursor={cursor}", actor)
            name = f"cursor page {page} {extra}"
            if status != 200:
                wrong.append(f"{name}: status {status}: {_short(body)}")
                return found
            cursor = body["meta"].pop("nextCursor")
            found[name] = (status, body)
    deep = client.cursors(actor, DEEP_PAGES, 1)[0]
    status, body, _ = client.ask("GET", f"{LIST}&cursor={deep}", actor)
    body.get("meta", {}).pop("nextCursor", None)
    found["cursor, deep"] = (status, body)
    return found


def _short(value):
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 600 else text[:600] + "…"
