// The strongest plain Node on the same database: Fastify and better-sqlite3 in one process, every
// statement prepared, answers written by compiled serialisers, tokens checked with a key object.
import Fastify from "fastify";
import { actorOf } from "./auth.js";
import { createSchema, listSchema, postSchema } from "./schemas.js";
import * as store from "./store.js";

const COUNT_CAP = 10_000;

const app = Fastify({
  logger: false,
  ajv: { customOptions: { removeAdditional: false, coerceTypes: true, useDefaults: true } },
});

const failure = (code, message, fields) => ({ error: { code, message, fields, requestId: crypto.randomUUID() } });

app.setErrorHandler((error, request, reply) => {
  if (error.validation && error.validationContext === "body") {
    const fields = {};
    for (const { instancePath, params, message } of error.validation) {
      const name = params.missingProperty ?? params.additionalProperty ?? instancePath.slice(1);
      (fields[name] ??= []).push(message);
    }
    return reply.code(400).send(failure("VALIDATION_ERROR", "The body is not valid", fields));
  }
  if (error.statusCode === 413) return reply.code(413).send(failure("TOO_LARGE", "The body is too large"));
  if (error.statusCode < 500) return reply.code(400).send(failure("BAD_REQUEST", "The request is not valid"));
  console.error(error);
  return reply.code(500).send(failure("INTERNAL_ERROR", "Something went wrong"));
});
app.setNotFoundHandler((request, reply) => reply.code(404).send(failure("NOT_FOUND", "Not found")));

app.decorateRequest("user", null);
const authenticate = (request, reply, done) => {
  request.user = actorOf(request.headers.authorization);
  if (request.user) return done();
  reply.code(401).send(failure("UNAUTHENTICATED", "A valid bearer token is required"));
};

app.get("/healthz", (request, reply) => reply.send({ status: "ok" }));

app.get("/api/posts/:id", { schema: postSchema, onRequest: authenticate }, (request, reply) => {
  const data = store.findPost(request.user, request.params.id);
  if (data) reply.send({ data });
  else reply.code(404).send(failure("NOT_FOUND", "Not found"));
});

app.get("/api/posts", { schema: listSchema, onRequest: authenticate }, (request, reply) => {
  const { user, query } = request;
  const answer = query.cursor === undefined ? page(user, query) : pageAfter(user, query);
  if (answer) reply.send(answer);
  else reply.code(400).send(failure("BAD_REQUEST", "The cursor is not valid"));
});

app.post("/api/posts", { schema: createSchema, onRequest: authenticate }, (request, reply) => {
  const { user, body } = request;
  if (body.authorId !== user.id) return reply.code(403).send(failure("FORBIDDEN", "You may not do this"));
  const data = store.insertPost(body);
  reply.code(201).header("location", `/api/posts/${data.id}`).send({ data });
});

function page(user, { page, limit, count, include }) {
  const data = store.listPosts(user, { limit, offset: (page - 1) * limit, withAuthor: include === "author" });
  const meta = { page, limit };
  if (count !== "none") {
    const total = count === "exact" ? store.countPosts(user) : store.countPostsUpTo(user, COUNT_CAP + 1);
    const isCapped = count === "capped" && total > COUNT_CAP;
    meta.total = isCapped ? COUNT_CAP : total;
    meta.totalPages = Math.ceil(meta.total / limit);
    if (isCapped) meta.totalIsCapped = true;
  }
  return { data, meta };
}

function pageAfter(user, { limit, cursor, include }) {
  const [createdAt, id] = cursor === "" ? [] : Buffer.from(cursor, "base64url").toString().split("|");
  if (cursor !== "" && id === undefined) return null;
  const data = store.listPosts(user, { limit: limit + 1, createdAt, id, withAuthor: include === "author" });
  const hasMore = data.length > limit;
  if (hasMore) data.pop();
  const last = data.at(-1);
  const nextCursor = hasMore ? Buffer.from(`${last.createdAt}|${last.id}`).toString("base64url") : null;
  return { data, meta: { limit, nextCursor, hasMore } };
}

await app.listen({ port: Number(process.env.PORT), host: "127.0.0.1" });
process.on("SIGTERM", () => process.exit(0));
