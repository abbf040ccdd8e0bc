"""A small HTTP client on one kept connection, for the checks before the load."""

import http.client
import json


class Client:
    def __init__(self, port):
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._connection.close()

    def ask(self, method, path, token=None, body=None):
        """Status, JSON body (None when empty) and headers. `body` is text as it is sent."""
        headers = {}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        if body is not None:
            headers["Content-Type"] = "application/json"
        self._connection.request(method, path, body.encode() if body is not None else None, headers)
        answer = self._connection.getresponse()
        text = answer.read()
        return answer.status, json.loads(text) if text else None, answer.headers

    def cursors(self, token, pages, keep):
        """Walks the posts, newest first, 100 a page; gives the cursors of the last `keep` pages."""
        cursor, found = "", []
        for _ in range(pages):
            status, body, _ = self.ask("GET", f"/api/posts?limit=100&sort=-createdAt&cursor={cursor}", token)
            if status != 200 or not body["meta"]["hasMore"]:
                raise ValueError(f"the walk by cursor ended early: {status} {str(body)[:300]}")
            cursor = body["meta"]["nextCursor"]
            found.append(cursor)
        return found[-keep:]
