// Every statement that the server runs, prepared once on one connection.
import { randomBytes } from "node:crypto";
import Database from "better-sqlite3";

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
  if (withAuthor) {
    for (const row of rows) {
      row.author = {
        id: row.a_id,
        email: row.a_email,
        name: row.a_name,
        role: row.a_role,
        createdAt: row.a_createdAt,
      };
    }
  }
  return rows;
}

export const countPosts = (user) => (isAdmin(user) ? countAll.get() : countReadable.get(user.id));

export const countPostsUpTo = (user, cap) => countSome.get({ user: user.id, admin: isAdmin(user), cap });

export function insertPost({ title, content, status, views, authorId }) {
  const now = new Date();
  const createdAt = now.toISOString();
  const post = { id: uuidV7(now.getTime()), title, content, status, views, authorId, createdAt, updatedAt: createdAt };
  insert.run(post);
  return post;
}

function uuidV7(millis) {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(millis, 0, 6);
  bytes[6] = (bytes[6] & 0x0f) | 0x70;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = bytes.toString("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
