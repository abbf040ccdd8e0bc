// On better-sqlite3, which answers at once: nothing waits for a promise.
import { subjectOf } from "../auth.js";
import { badCursor, forbidden, notFound, unauthenticated } from "../failures.js";
import { COUNT_CAP, cursorPage, newPost, offsetOf, pageMeta, placeOf } from "../pages.js";
import { createSchema, listSchema, postSchema } from "../schemas.js";
import * as store from "../stores/sqlite.js";

export function register(app) {
  const authenticate = (request, reply, done) => {
    const id = subjectOf(request.headers.authorization);
    request.user = id === null ? null : (store.findUser(id) ?? null);
    if (request.user) return done();
    unauthenticated(reply);
  };

  app.get("/api/posts/:id", { schema: postSchema, onRequest: authenticate }, (request, reply) => {
    const data = store.findPost(request.user, request.params.id);
    if (data) reply.send({ data });
    else notFound(reply);
  });

  app.get("/api/posts", { schema: listSchema, onRequest: authenticate }, (request, reply) => {
    const { user, query } = request;
    const answer = query.cursor === undefined ? page(user, query) : pageAfter(user, query);
    if (answer) reply.send(answer);
    else badCursor(reply);
  });

  app.post("/api/posts", { schema: createSchema, onRequest: authenticate }, (request, reply) => {
    const { user, body } = request;
    if (body.authorId !== user.id) return forbidden(reply);
    const data = newPost(body);
    store.insertPost(data);
    reply.code(201).header("location", `/api/posts/${data.id}`).send({ data });
  });
}

function page(user, query) {
  const { limit, count, include } = query;
  const data = store.listPosts(user, { limit, offset: offsetOf(query), withAuthor: include === "author" });
  if (count === "none") return { data, meta: pageMeta(query) };
  const total = count === "exact" ? store.countPosts(user) : store.countPostsUpTo(user, COUNT_CAP + 1);
  return { data, meta: pageMeta(query, total) };
}

function pageAfter(user, { limit, cursor, include }) {
  const place = placeOf(cursor);
  if (place === null) return null;
  const data = store.listPosts(user, { limit: limit + 1, ...place, withAuthor: include === "author" });
  return cursorPage(data, limit);
}
