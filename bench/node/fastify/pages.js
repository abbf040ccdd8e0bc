// The form of pages and cursors, and new rows' ids.
import { randomBytes } from "node:crypto";

export const COUNT_CAP = 10_000;

export const offsetOf = ({ page, limit }) => (page - 1) * limit;

export function pageMeta({ page, limit, count }, total) {
  const meta = { page, limit };
  if (count !== "none") {
    const isCapped = count === "capped" && total > COUNT_CAP;
    meta.total = isCapped ? COUNT_CAP : total;
    meta.totalPages = Math.ceil(meta.total / limit);
    if (isCapped) meta.totalIsCapped = true;
  }
  return meta;
}

// The place that a cursor names, empty for the start; null if it is not valid.
export function placeOf(cursor) {
  if (cursor === "") return {};
  const [createdAt, id] = Buffer.from(cursor, "base64url").toString().split("|");
  return id === undefined ? null : { createdAt, id };
}

// `data` holds one row more than the limit where more follow.
export function cursorPage(data, limit) {
  const hasMore = data.length > limit;
  if (hasMore) data.pop();
  const last = data.at(-1);
  const nextCursor = hasMore ? Buffer.from(`${last.createdAt}|${last.id}`).toString("base64url") : null;
  return { data, meta: { limit, nextCursor, hasMore } };
}

// Rows of a join hold the author's columns behind `a_`.
export function nestAuthors(rows) {
  for (const row of rows) {
    row.author = {
      id: row.a_id,
      email: row.a_email,
      name: row.a_name,
      role: row.a_role,
      createdAt: row.a_createdAt,
    };
  }
  return rows;
}

export function newPost({ title, content, status, views, authorId }) {
  const now = new Date();
  const createdAt = now.toISOString();
  return { id: uuidV7(now.getTime()), title, content, status, views, authorId, createdAt, updatedAt: createdAt };
}

function uuidV7(millis) {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(millis, 0, 6);
  bytes[6] = (bytes[6] & 0x0f) | 0x70;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = bytes.toString("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
