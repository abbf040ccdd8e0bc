// The rules: who reads what, and the form of a page.
import { forbidden, HttpError, notFoundError } from "../errors.js";
import { postsRepository } from "./repository.js";

const COUNT_CAP = 10_000;

export const postsService = {
  async get(user, id) {
    const post = await postsRepository.findReadable(user, id);
    if (!post) throw notFoundError();
    return post;
  },

  async list(user, query) {
    return query.cursor === undefined ? listPage(user, query) : listAfter(user, query);
  },

  async create(user, input) {
    if (input.authorId !== user.id) throw forbidden();
    return postsRepository.insert(input);
  },
};

async function listPage(user, { page, limit, sort, count, include }) {
  const [rows, total] = await Promise.all([
    postsRepository.findMany(user, { sort, include, limit, offset: (page - 1) * limit }),
    countReadable(user, count),
  ]);
  const meta = { page, limit };
  if (total !== undefined) {
    const isCapped = count === "capped" && total > COUNT_CAP;
    meta.total = isCapped ? COUNT_CAP : total;
    meta.totalPages = Math.ceil(meta.total / limit);
    if (isCapped) meta.totalIsCapped = true;
  }
  return { data: rows.map((row) => present(user, row)), meta };
}

function countReadable(user, count) {
  if (count === "exact") return postsRepository.count(user);
  if (count === "capped") return postsRepository.countUpTo(user, COUNT_CAP + 1);
}

async function listAfter(user, { limit, sort, cursor, include }) {
  if (sort !== "-createdAt") throw new HttpError(400, "BAD_REQUEST", "A cursor needs sort=-createdAt");
  const rows = await postsRepository.findMany(user, { sort, include, limit: limit + 1, after: decode(cursor) });
  const hasMore = rows.length > limit;
  const data = rows.slice(0, limit);
  const nextCursor = hasMore ? encode(data.at(-1)) : null;
  return { data: data.map((row) => present(user, row)), meta: { limit, nextCursor, hasMore } };
}

const encode = ({ createdAt, id }) => Buffer.from(JSON.stringify([createdAt, id])).toString("base64url");

function decode(cursor) {
  if (cursor === "") return undefined;
  try {
    const [createdAt, id] = JSON.parse(Buffer.from(cursor, "base64url").toString());
    return { createdAt: new Date(createdAt), id };
  } catch {
    throw new HttpError(400, "BAD_REQUEST", "The cursor is not valid");
  }
}

// An author's address is shown to that author and to admins only.
function present(user, post) {
  if (!post.author || user.role === "ADMIN" || post.author.id === user.id) return post;
  return { ...post, author: { ...post.author, email: null } };
}
