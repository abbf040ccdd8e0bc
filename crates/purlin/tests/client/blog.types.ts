// What the types of the blog's client say: `Is` holds where two types are the same, and every line below
// `@ts-expect-error` must be a mistake.
import { type Post, type PostStatus, type User, type Tokens, PurlinError, createClient, memoryStorage, tagOf } from "./client.ts";

type Is<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
function same<A, B>(..._holds: Is<A, B> extends true ? [] : [never]): void {}

const client = createClient({ url: "http://localhost:3000", tokens: memoryStorage() });

export async function rows(): Promise<void> {
  const all = await client.posts.findMany();
  same<typeof all, Post[]>();
  same<Post["status"], PostStatus>();
  // Numbers that JSON cannot hold are texts; times are ISO 8601.
  same<Post["reads"], string>();
  same<Post["rating"], string | null>();
  same<Post["createdAt"], string>();
  same<Post["editorNote"], string | null>();
  // Never answered.
  // @ts-expect-error
  type _Note = User["note"];

  const one = await client.posts.findUnique({ where: { slug: "hello" } });
  same<typeof one, Post | null>();
  const certain = await client.posts.findUniqueOrThrow({ where: { id: "1" } });
  same<typeof certain, Post>();
  const first = await client.posts.findFirst({ orderBy: { createdAt: "desc" } });
  same<typeof first, Post | null>();
  const number = await client.posts.count({ where: { status: "DRAFT" } });
  same<typeof number, number>();
}

export async function selections(): Promise<void> {
  const chosen = await client.posts.findMany({ select: { id: true, title: true, views: false } });
  same<(typeof chosen)[number], { id: string; title: string }>();

  const included = await client.posts.findMany({ include: { category: true, comments: { select: { body: true } } } });
  same<(typeof included)[number]["comments"], { body: string }[]>();
  same<(typeof included)[number]["title"], string>();
  const category = included[0]?.category;
  same<typeof category, { id: number; slug: string; name: string; position: number; parentId: number | null } | null | undefined>();

  const nested = await client.posts.findFirstOrThrow({
    select: { author: { select: { handle: true, posts: { select: { id: true }, take: 3 } } }, _count: { select: { comments: true } } },
  });
  // The rules may hide an author.
  same<typeof nested.author, { handle: string; posts: { id: string }[] } | null>();
  same<typeof nested._count, { comments: number }>();

  const counted = await client.posts.findFirstOrThrow({ include: { _count: true } });
  same<keyof typeof counted._count, "tags" | "comments" | "contributors">();

  const less = await client.users.findFirstOrThrow({ omit: { email: true, createdAt: true } });
  same<"email" extends keyof typeof less ? true : false, false>();
  same<typeof less.handle, string>();

  const page = await client.posts.findPage({ take: 5, count: "exact", include: { tags: true } });
  same<typeof page.data, (Post & { tags: { id: number; name: string }[] })[] extends infer R ? R extends (infer T)[] ? { [K in keyof T]: T[K] }[] : never : never>();

  for await (const post of client.posts.iterate({ where: { status: "PUBLISHED" }, select: { slug: true }, take: 50 })) {
    same<typeof post, { slug: string }>();
  }

  // @ts-expect-error there is no such column
  await client.posts.findMany({ select: { id: true, titel: true } });
  // @ts-expect-error nor such a relation
  await client.posts.findMany({ include: { authors: true } });
  // @ts-expect-error nor below a relation
  await client.posts.findMany({ include: { author: { select: { handel: true } } } });
  // @ts-expect-error nor is it answered
  (await client.posts.findMany({ select: { id: true } }))[0]?.title;
  // @ts-expect-error select says everything, so it stands alone
  await client.posts.findMany({ select: { id: true }, include: { author: true } });
  // @ts-expect-error no client is shown it
  await client.users.findMany({ select: { note: true } });
}

export async function filters(): Promise<void> {
  await client.posts.findMany({
    where: {
      OR: [{ title: { contains: "a", mode: "insensitive" } }, { status: { in: ["DRAFT", "ARCHIVED"] } }],
      author: { is: { handle: "ada" } },
      comments: { some: { body: { startsWith: "x" } } },
      publishedAt: { lte: new Date() },
      reads: { gt: 10n },
      rating: { gte: "4.5" },
    },
    orderBy: [{ publishedAt: { sort: "desc", nulls: "last" } }, { author: { name: "asc" } }, { comments: { _count: "desc" } }],
    take: 10,
    skip: 5,
    distinct: ["categoryId"],
  });
  // @ts-expect-error there is no such status
  await client.posts.findMany({ where: { status: "GONE" } });
  // @ts-expect-error there is no such test of a number
  await client.posts.findMany({ where: { views: { contains: 3 } } });
  // @ts-expect-error there is no such column
  await client.posts.findMany({ where: { titel: "x" } });
  // @ts-expect-error a list of a list is no order
  await client.posts.findMany({ orderBy: { tags: "asc" } });
  // @ts-expect-error not a unique key
  await client.posts.findUnique({ where: { title: "x" } });
  await client.contributors.findUnique({ where: { postId_userId: { postId: "1", userId: "2" } } });
}

export async function writes(): Promise<void> {
  const made = await client.posts.create({ data: { slug: "a-b", title: "A", publishedAt: new Date(), reads: 3n } });
  // Who writes may not be one who reads.
  same<typeof made, Post | null>();
  const chosen = await client.posts.create({ data: { slug: "a-b", title: "A" }, select: { id: true } });
  same<typeof chosen, { id: string } | null>();
  const tag = await client.tags.create({ data: { name: "new" } });
  same<typeof tag, { id: number; name: string }>();
  const changed = await client.posts.update({ where: { id: "1" }, data: { views: { increment: 1 }, category: { disconnect: true } } });
  same<typeof changed, Post | null>();
  const gone = await client.posts.delete({ where: { id: "1" } });
  same<typeof gone, void>();
  const many = await client.tags.createMany({ data: [{ name: "a" }, { name: "b" }] });
  same<typeof many, { count: number }>();
  await client.comments.create({ data: { body: "x", postId: "1" } });
  await client.comments.create({ data: { body: "x", post: { connect: { slug: "a" } } } });
  // @ts-expect-error a title is needed
  await client.posts.create({ data: { slug: "a-b" } });
  // @ts-expect-error there is no such field
  await client.posts.create({ data: { slug: "a-b", title: "A", titel: "B" } });
  // @ts-expect-error one of both, not both
  await client.comments.create({ data: { body: "x", postId: "1", post: { connect: { id: "1" } } } });
  // @ts-expect-error nor neither
  await client.comments.create({ data: { body: "x" } });
  // @ts-expect-error a number is no text
  await client.posts.update({ where: { id: "1" }, data: { title: 3 } });
}

export async function manyWrites(): Promise<void> {
  await client.posts.create({
    data: {
      slug: "a-b",
      title: "A",
      tags: { create: [{ name: "x" }], connectOrCreate: { where: { name: "y" }, create: { name: "y" } }, connect: [{ id: 1 }] },
      category: { create: { slug: "c", name: "C" } },
    },
  });
  await client.posts.update({
    where: { slug: "a-b" },
    data: { tags: { disconnect: { id: 1 }, set: [{ name: "x" }] }, comments: { deleteMany: { isHidden: true }, update: { where: { id: 1 }, data: { body: "x" } } } },
  });
  // @ts-expect-error what stands inside does not say whose it is
  await client.posts.update({ where: { id: "1" }, data: { comments: { create: { body: "x", postId: "2" } } } });
  // @ts-expect-error there is no such operation
  await client.posts.create({ data: { slug: "a-b", title: "A", tags: { updateMany: { data: {} } } } });
  const number = await client.tags.updateMany({ where: { name: { startsWith: "x" } }, data: { name: "z" } });
  same<typeof number, { count: number }>();
  await client.tags.deleteMany({ where: {} });
  // @ts-expect-error which ones?
  await client.tags.deleteMany({});
  const upserted = await client.tags.upsert({ where: { name: "x" }, create: { name: "x" }, update: {}, select: { id: true } });
  same<typeof upserted, { id: number }>();
  const post = client.posts.create({ data: { slug: "a-c", title: "C" }, select: { id: true, title: true } });
  const results = await client.batch([post, client.comments.create({ data: { body: "x", postId: post.ref("id") } }), client.tags.delete({ where: { name: "x" } }), client.tags.deleteMany({ where: {} })]);
  same<(typeof results)[0], { id: string; title: string } | null>();
  same<(typeof results)[2], void>();
  same<(typeof results)[3], { count: number }>();
  // @ts-expect-error no relation refers to it
  post.ref("title");
  // @ts-expect-error what is changed has its key already
  client.posts.update({ where: { id: "1" }, data: {} }).ref("id");
  same<ReturnType<typeof post.ref<"id">>, string>();
  const whole = await client.posts.findUniqueOrThrow({ where: { id: "1" } });
  await client.posts.update({ where: { id: "1" }, data: { title: "B" } }, { ifMatch: whole });
  await client.posts.delete({ where: { id: "1" } }, { ifMatch: tagOf(whole) ?? "*" });
  // @ts-expect-error of one row only
  await client.tags.deleteMany({ where: {} }, { ifMatch: whole });
  await client.posts.findMany({ cursor: { id: "1" }, skip: 1, take: -2, orderBy: { _relevance: { fields: ["title"], search: "x", sort: "desc" } } });
  // @ts-expect-error that is no key
  await client.posts.findMany({ cursor: { title: "x" } });
  // @ts-expect-error nor is that searched
  await client.posts.findMany({ orderBy: { _relevance: { fields: ["slug"], search: "x", sort: "desc" } } });
  // @ts-expect-error many rows are changed together, not around others
  await client.posts.updateMany({ where: {}, data: { tags: { create: { name: "x" } } } });
  await client.posts.updateMany({ where: {}, data: { category: { connect: { slug: "c" } } } });
  // @ts-expect-error a read is no write
  await client.batch([client.tags.findMany()]);
}

export async function measures(): Promise<void> {
  const all = await client.posts.aggregate({ where: { status: "PUBLISHED" }, _count: true, _sum: { views: true, reads: true }, _max: { publishedAt: true } });
  same<typeof all, { _count: number; _sum: { views: number | null; reads: string | null }; _max: { publishedAt: string | null } }>();
  const counted = await client.posts.aggregate({ _count: { _all: true, summary: true } });
  same<typeof counted, { _count: { _all: number; summary: number } }>();
  const groups = await client.posts.groupBy({ by: ["status", "authorId"], _avg: { views: true }, having: { _avg: { views: { gt: 1 } } }, orderBy: { status: "asc" } });
  same<(typeof groups)[number]["status"], PostStatus | null>();
  same<(typeof groups)[number]["_avg"], { views: number | null }>();
  const one = await client.posts.groupBy({ by: "status", _count: true });
  same<(typeof one)[number]["_count"], number>();
  // @ts-expect-error a text has no sum
  await client.posts.aggregate({ _sum: { title: true } });
  // @ts-expect-error there is no such column
  await client.posts.groupBy({ by: ["stat"], _count: true });
  // @ts-expect-error nor in a filter
  await client.posts.aggregate({ where: { titel: "x" }, _count: true });
  // @ts-expect-error nor is it answered
  all._sum.rating;
}

export async function others(): Promise<void> {
  const controller = new AbortController();
  try {
    await client.posts.findMany({}, { signal: controller.signal, timeout: 500, headers: { "x-a": "b" } });
  } catch (error) {
    if (error instanceof PurlinError && error.code === "VALIDATION_ERROR") {
      same<typeof error.fields, Readonly<Record<string, readonly string[]>>>();
      same<typeof error.retryAfter, number | null>();
    }
  }
  const health = await client.request<{ status: string }>({ method: "GET", path: "/healthz" });
  same<typeof health, { status: string }>();
  same<Tokens["refreshToken"], string | undefined>();
}
