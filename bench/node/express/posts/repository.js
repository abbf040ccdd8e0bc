import { and, asc, count, desc, eq, lt, lte, or } from "drizzle-orm";
import { db } from "../db/client.js";
import { posts } from "../db/schema.js";

const readableBy = (user) =>
  user.role === "ADMIN" ? undefined : or(eq(posts.status, "PUBLISHED"), eq(posts.authorId, user.id));

// The first condition lets the index find the place; the rest settles equal times.
const isAfter = ({ createdAt, id }) =>
  and(lte(posts.createdAt, createdAt), or(lt(posts.createdAt, createdAt), lt(posts.id, id)));

const orders = {
  "-createdAt": [desc(posts.createdAt), desc(posts.id)],
  createdAt: [asc(posts.createdAt), asc(posts.id)],
};

export const postsRepository = {
  async findReadable(user, id) {
    const [post] = await db.select().from(posts).where(and(eq(posts.id, id), readableBy(user))).limit(1);
    return post;
  },

  findMany(user, { sort, include, limit, offset, after }) {
    return db.query.posts.findMany({
      where: and(readableBy(user), after && isAfter(after)),
      orderBy: orders[sort] ?? [asc(posts.id)],
      limit,
      offset,
      with: include === "author" ? { author: true } : undefined,
    });
  },

  async count(user) {
    const [{ total }] = await db.select({ total: count() }).from(posts).where(readableBy(user));
    return total;
  },

  async countUpTo(user, cap) {
    const some = db.select({ id: posts.id }).from(posts).where(readableBy(user)).limit(cap).as("some");
    const [{ total }] = await db.select({ total: count() }).from(some);
    return total;
  },

  async insert(input) {
    const [post] = await db.insert(posts).values(input).returning();
    return post;
  },
};
