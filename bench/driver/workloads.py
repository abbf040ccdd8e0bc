"""What is asked under load. Each workload gives the requests to replay, in a fixed random order."""

import json
import random

from .tokens import token

ACTORS = 200
REQUESTS = 5_000
CURSOR_PAGES = 200
CURSORS_KEPT = 50
LIST = "/api/posts?limit=20&sort=-createdAt"

TITLES = {
    "get": "Get one: `GET /api/posts/:id`",
    "list": "List 20: `GET /api/posts?limit=20&sort=-createdAt&count=none`",
    "list-capped": "List 20 with capped total: `…&count=capped`",
    "list-exact": "List 20 with exact total: `…&count=exact`",
    "cursor": "List 20 by cursor, 20,000 rows deep: `…&cursor=…`",
    "author": "List 20 with author: `…&include=author&count=none`",
    "create": "Create, durable: `POST /api/posts`",
}
NAMES = tuple(TITLES)


class Workloads:
    def __init__(self, data):
        rng = random.Random(7)
        self.actors = [(user[0], token(user[0])) for user in rng.sample(data.users[1:], ACTORS)]
        self._published = [post[0] for post in data.posts if post[3] == "PUBLISHED"]
        self._content = [post[2] for post in data.posts[:1_000]]

    def requests(self, name, client):
        """Tuples of method, path, token, body. `client` walks to the deep cursors."""
        rng = random.Random(11)
        if name == "get":
            return [
                ("GET", f"/api/posts/{rng.choice(self._published)}", rng.choice(self.actors)[1], "")
                for _ in range(REQUESTS)
            ]
        if name == "create":
            return [self._create(rng) for _ in range(REQUESTS)]
        if name == "cursor":
            cursors = client.cursors(self.actors[0][1], CURSOR_PAGES, CURSORS_KEPT)
            return [
                ("GET", f"{LIST}&cursor={rng.choice(cursors)}", rng.choice(self.actors)[1], "")
                for _ in range(REQUESTS)
            ]
        extra = {
            "list": "&count=none",
            "list-capped": "&count=capped",
            "list-exact": "&count=exact",
            "author": "&include=author&count=none",
        }[name]
        return [("GET", LIST + extra, actor[1], "") for actor in self.actors]

    def _create(self, rng):
        user_id, user_token = rng.choice(self.actors)
        body = {
            "title": f"Benchmark post {rng.randrange(1_000_000)}",
            "content": rng.choice(self._content),
            "status": "PUBLISHED",
            "authorId": user_id,
        }
        return ("POST", "/api/posts", user_token, json.dumps(body, ensure_ascii=False))
