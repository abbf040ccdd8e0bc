// Every statement that the server runs, on postgres.js: prepared on first use, pipelined on ten connections. An admin's
// statements are their own, and limits stand in the text, so that one plan is right for all that run it.
import postgres from "postgres";
import { nestAuthors } from "../pages.js";

const sql = postgres(process.env.DATABASE_URL, {
  max: 10,
  connection: { TimeZone: "UTC", jit: "off", plan_cache_mode: "force_generic_plan" },
  types: {
    // As the server writes it, without a Date in between.
    instant: { to: 1184, from: [1184], serialize: (text) => text, parse: instant },
  },
});

function instant(text) {
  const time = text.slice(11, -3);
  return `${text.slice(0, 10)}T${time.length === 8 ? `${time}.000` : time.padEnd(12, "0")}Z`;
}

const POST = `p.id, p.title, p.content, p.status, p.views, p.author_id AS "authorId", p.created_at AS "createdAt",
  p.updated_at AS "updatedAt"`;
const AUTHOR = `, a.id AS "a_id", a.name AS "a_name", a.role AS "a_role", a.created_at AS "a_createdAt"`;
const AFTER = `AND p.created_at <= $2 AND (p.created_at < $2 OR p.id < $3)`;

const isAdmin = (user) => user.role === "ADMIN";
const readableBy = (user) => (isAdmin(user) ? "$1::uuid IS NOT NULL" : "(p.status = 'PUBLISHED' OR p.author_id = $1)");
const prepared = { prepare: true };

export async function findUser(id) {
  const [user] = await sql.unsafe("SELECT id, role FROM users WHERE id = $1", [id], prepared);
  return user;
}

export async function findPost(user, id) {
  const text = isAdmin(user)
    ? `SELECT ${POST} FROM posts p WHERE p.id = $1`
    : `SELECT ${POST} FROM posts p WHERE p.id = $1 AND (p.status = 'PUBLISHED' OR p.author_id = $2)`;
  const [post] = await sql.unsafe(text, isAdmin(user) ? [id] : [id, user.id], prepared);
  return post;
}

const texts = new Map();

function listText(user, limit, offset, isAfter, withAuthor) {
  const key = `${isAdmin(user)} ${limit} ${offset > 0} ${isAfter} ${withAuthor}`;
  const known = texts.get(key);
  if (known) return known;
  const email = isAdmin(user) ? `a.email AS "a_email"` : `CASE WHEN a.id = $1 THEN a.email END AS "a_email"`;
  const text = `SELECT ${POST}${withAuthor ? `${AUTHOR}, ${email}` : ""} FROM posts p
    ${withAuthor ? "JOIN users a ON a.id = p.author_id" : ""} WHERE ${readableBy(user)} ${isAfter ? AFTER : ""}
    ORDER BY p.created_at DESC, p.id DESC LIMIT ${limit} ${offset > 0 ? "OFFSET $2" : ""}`;
  texts.set(key, text);
  return text;
}

export async function listPosts(user, { limit, offset = 0, createdAt, id, withAuthor }) {
  const isAfter = id !== undefined;
  const params = isAfter ? [user.id, createdAt, id] : offset > 0 ? [user.id, offset] : [user.id];
  const rows = await sql.unsafe(listText(user, limit, offset, isAfter, withAuthor), params, prepared);
  return withAuthor ? nestAuthors(rows) : rows;
}

export async function countPosts(user) {
  const text = isAdmin(user)
    ? "SELECT count(*)::int AS total FROM posts"
    : `SELECT ((SELECT count(*) FROM posts WHERE status = 'PUBLISHED') +
        (SELECT count(*) FROM posts WHERE author_id = $1 AND status <> 'PUBLISHED'))::int AS total`;
  const [{ total }] = await sql.unsafe(text, isAdmin(user) ? [] : [user.id], prepared);
  return total;
}

export async function countPostsUpTo(user, cap) {
  const text = `SELECT count(*)::int AS total FROM (SELECT 1 FROM posts p WHERE ${readableBy(user)} LIMIT ${cap}) capped`;
  const [{ total }] = await sql.unsafe(text, [user.id], prepared);
  return total;
}

export const insertPost = (post) =>
  sql.unsafe(
    `INSERT INTO posts (id, title, content, status, views, author_id, created_at, updated_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [post.id, post.title, post.content, post.status, post.views, post.authorId, post.createdAt, post.updatedAt],
    prepared,
  );
