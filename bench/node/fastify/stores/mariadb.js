// Every statement that the server runs, on MariaDB's connector: prepared on first use, pipelined on ten connections. An
// admin's statements are their own, and limits stand in the text.
import mariadb from "mariadb";
import { nestAuthors } from "../pages.js";

const CONNECTIONS = 10;
const { hostname, port, username, password, pathname } = new URL(process.env.DATABASE_URL);
const options = {
  host: hostname,
  port: Number(port) || 3306,
  user: decodeURIComponent(username),
  password: decodeURIComponent(password),
  database: pathname.slice(1),
  dateStrings: true,
  bigIntAsNumber: true,
  checkDuplicate: false,
};
const connections = await Promise.all(Array.from({ length: CONNECTIONS }, () => mariadb.createConnection(options)));
let next = 0;

// In turns; what is asked of one connection is sent without waiting for the answer before it.
function run(text, params) {
  next = (next + 1) % CONNECTIONS;
  return connections[next].execute(text, params);
}

const POST = `p.id, p.title, p.content, p.status, p.views, p.author_id AS authorId, p.created_at AS createdAt,
  p.updated_at AS updatedAt`;
const AUTHOR = `, a.id AS a_id, a.name AS a_name, a.role AS a_role, a.created_at AS a_createdAt`;
const READABLE = "(p.status = 'PUBLISHED' OR p.author_id = ?)";
const AFTER = "AND p.created_at <= ? AND (p.created_at < ? OR p.id < ?)";

const isAdmin = (user) => user.role === "ADMIN";
const instant = (text) => `${text.slice(0, 10)}T${text.slice(11)}Z`;
const stored = (instant) => instant.slice(0, -1).replace("T", " ");

function withInstants(post) {
  post.createdAt = instant(post.createdAt);
  post.updatedAt = instant(post.updatedAt);
  if (post.a_createdAt !== undefined) post.a_createdAt = instant(post.a_createdAt);
  return post;
}

export async function findUser(id) {
  const [user] = await run("SELECT id, role FROM users WHERE id = ?", [id]);
  return user;
}

export async function findPost(user, id) {
  const [post] = isAdmin(user)
    ? await run(`SELECT ${POST} FROM posts p WHERE p.id = ?`, [id])
    : await run(`SELECT ${POST} FROM posts p WHERE p.id = ? AND ${READABLE}`, [id, user.id]);
  return post && withInstants(post);
}

const texts = new Map();

// The index is named, and the author joined last: left to itself the planner sorts every readable row on each page.
function listText(user, limit, offset, isAfter, withAuthor) {
  const key = `${isAdmin(user)} ${limit} ${offset > 0} ${isAfter} ${withAuthor}`;
  const known = texts.get(key);
  if (known) return known;
  const email = isAdmin(user) ? "a.email AS a_email" : "CASE WHEN a.id = ? THEN a.email END AS a_email";
  const text = `SELECT ${POST}${withAuthor ? `${AUTHOR}, ${email}` : ""} FROM posts p FORCE INDEX (posts_created_at_idx)
    ${withAuthor ? "STRAIGHT_JOIN users a ON a.id = p.author_id" : ""}
    WHERE ${isAdmin(user) ? "TRUE" : READABLE} ${isAfter ? AFTER : ""}
    ORDER BY p.created_at DESC, p.id DESC LIMIT ${limit} ${offset > 0 ? "OFFSET ?" : ""}`;
  texts.set(key, text);
  return text;
}

export async function listPosts(user, { limit, offset = 0, createdAt, id, withAuthor }) {
  const isAfter = id !== undefined;
  const params = isAdmin(user) ? [] : withAuthor ? [user.id, user.id] : [user.id];
  if (isAfter) params.push(stored(createdAt), stored(createdAt), id);
  else if (offset > 0) params.push(offset);
  const rows = await run(listText(user, limit, offset, isAfter, withAuthor), params);
  rows.forEach(withInstants);
  return withAuthor ? nestAuthors(rows) : rows;
}

export async function countPosts(user) {
  const [{ total }] = isAdmin(user)
    ? await run("SELECT count(*) AS total FROM posts", [])
    : await run(
        `SELECT (SELECT count(*) FROM posts WHERE status = 'PUBLISHED') +
          (SELECT count(*) FROM posts WHERE author_id = ? AND status <> 'PUBLISHED') AS total`,
        [user.id],
      );
  return total;
}

export async function countPostsUpTo(user, cap) {
  const [{ total }] = isAdmin(user)
    ? await run(`SELECT count(*) AS total FROM (SELECT 1 FROM posts LIMIT ${cap}) capped`, [])
    : await run(
        `SELECT count(*) AS total FROM ((SELECT 1 FROM posts WHERE status = 'PUBLISHED' LIMIT ${cap}) UNION ALL
          (SELECT 1 FROM posts WHERE author_id = ? AND status <> 'PUBLISHED' LIMIT ${cap}) LIMIT ${cap}) capped`,
        [user.id],
      );
  return total;
}

export const insertPost = (post) =>
  run(
    `INSERT INTO posts (id, title, content, status, views, author_id, created_at, updated_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    [post.id, post.title, post.content, post.status, post.views, post.authorId, stored(post.createdAt), stored(post.updatedAt)],
  );
