// Every statement that the server runs, prepared once on one connection.
import Database from "better-sqlite3";
import { nestAuthors } from "../pages.js";

const db = new Database(process.env.DATABASE_URL.replace(/^file:/, ""), { fileMustExist: true });
db.pragma("journal_mode = WAL");
db.pragma("synchronous = FULL");
db.pragma("foreign_keys = ON");
db.pragma("cache_size = -65536");
db.pragma("mmap_size = 268435456");

const POST = `p."id", p."title", p."content", p."status", p."views", p."authorId", p."createdAt", p."updatedAt"`;
const AUTHOR = `, a."id" AS "a_id", CASE WHEN @admin OR a."id" = @user THEN a."email" END AS "a_email",
  a."name" AS "a_name", a."role" AS "a_role", a."createdAt" AS "a_createdAt"`;
// The unary plus keeps the planner on the index of the order; without it, it sorts every readable
// row on each page.
const READABLE = `(+p."status" = 'PUBLISHED' OR +p."authorId" = @user OR @admin)`;
const AFTER = `AND p."createdAt" <= @createdAt AND (p."createdAt" < @createdAt OR p."id" < @id)`;

const list = (author, place, offset) =>
  db.prepare(`SELECT ${POST}${author ? AUTHOR : ""} FROM "Post" p ${author ? `JOIN "User" a ON a."id" = p."authorId"` : ""}
    WHERE ${READABLE} ${place} ORDER BY p."createdAt" DESC, p."id" DESC LIMIT @limit ${offset}`);

const selectUser = db.prepare(`SELECT "id", "role" FROM "User" WHERE "id" = ?`);
const selectPost = db.prepare(
  `SELECT ${POST} FROM "Post" p WHERE p."id" = ? AND (p."status" = 'PUBLISHED' OR p."authorId" = ? OR ?)`,
);
const lists = {
  page: [list(false, "", "OFFSET @offset"), list(true, "", "OFFSET @offset")],
  start: [list(false, "", ""), list(true, "", "")],
  after: [list(false, AFTER, ""), list(true, AFTER, "")],
};
const countAll = db.prepare(`SELECT count(*) FROM "Post"`).pluck();
const countReadable = db
  .prepare(
    `SELECT (SELECT count(*) FROM "Post" WHERE "status" = 'PUBLISHED') +
       (SELECT count(*) FROM "Post" WHERE "authorId" = ? AND "status" <> 'PUBLISHED')`,
  )
  .pluck();
const countSome = db
  .prepare(
    `SELECT count(*) FROM (SELECT 1 FROM "Post" WHERE "status" = 'PUBLISHED' UNION ALL
       SELECT 1 FROM "Post" WHERE "status" <> 'PUBLISHED' AND ("authorId" = @user OR @admin) LIMIT @cap)`,
  )
  .pluck();
const insert = db.prepare(
  `INSERT INTO "Post" ("id", "title", "content", "status", "views", "authorId", "createdAt", "updatedAt")
   VALUES (@id, @title, @content, @status, @views, @authorId, @createdAt, @updatedAt)`,
);

const isAdmin = (user) => (user.role === "ADMIN" ? 1 : 0);

export const findUser = (id) => selectUser.get(id);

export const findPost = (user, id) => selectPost.get(id, user.id, isAdmin(user));

export function listPosts(user, { limit, offset, createdAt, id, withAuthor }) {
  const shape = offset !== undefined ? lists.page : id !== undefined ? lists.after : lists.start;
  const rows = shape[withAuthor ? 1 : 0].all({ user: user.id, admin: isAdmin(user), limit, offset, createdAt, id });
  return withAuthor ? nestAuthors(rows) : rows;
}

export const countPosts = (user) => (isAdmin(user) ? countAll.get() : countReadable.get(user.id));

export const countPostsUpTo = (user, cap) => countSome.get({ user: user.id, admin: isAdmin(user), cap });

export const insertPost = (post) => insert.run(post);
