// On a server, whose answers are waited for; a page and its total are asked for at once.
import { subjectOf } from "../auth.js";
import { badCursor, forbidden, notFound, unauthenticated } from "../failures.js";
import { COUNT_CAP, cursorPage, newPost, offsetOf, pageMeta, placeOf } from "../pages.js";
import { createSchema, listSchema, postSchema } from "../schemas.js";

const isPostgres = process.env.DATABASE_URL.startsWith("postgres");
const store = await import(isPostgres ? "../stores/postgres.js" : "../stores/mariadb.js");

export function register(app) {
  const authenticate = async (request, reply) => {
    const id = subjectOf(request.headers.authorization);
    request.user = id === null ? null : ((await store.findUser(id)) ?? null);
    if (!request.user) return unauthenticated(reply);
  };

  app.get("/api/posts/:id", { schema: postSchema, onRequest: authenticate }, async (request, reply) => {
    const data = await store.findPost(request.user, request.params.id);
    return data ? { data } : notFound(reply);
  });

  app.get("/api/posts", { schema: listSchema, onRequest: authenticate }, async (request, reply) => {
    const { user, query } = request;
    const answer = await (query.cursor === undefined ? page(user, query) : pageAfter(user, query));
    return answer ?? badCursor(reply);
  });

  app.post("/api/posts", { schema: createSchema, onRequest: authenticate }, async (request, reply) => {
    const { user, body } = request;
    if (body.authorId !== user.id) return forbidden(reply);
    const data = newPost(body);
    await store.insertPost(data);
    reply.code(201).header("location", `/api/posts/${data.id}`);
    return { data };
  });
}

async function page(user, query) {
  const { limit, count, include } = query;
  const rows = store.listPosts(user, { limit, offset: offsetOf(query), withAuthor: include === "author" });
  if (count === "none") return { data: await rows, meta: pageMeta(query) };
  const counted = count === "exact" ? store.countPosts(user) : store.countPostsUpTo(user, COUNT_CAP + 1);
  const [data, total] = await Promise.all([rows, counted]);
  return { data, meta: pageMeta(query, total) };
}

async function pageAfter(user, { limit, cursor, include }) {
  const place = placeOf(cursor);
  if (place === null) return null;
  const data = await store.listPosts(user, { limit: limit + 1, ...place, withAuthor: include === "author" });
  return cursorPage(data, limit);
}
