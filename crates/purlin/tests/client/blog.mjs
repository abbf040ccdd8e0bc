// The blog's client against a running server with its seed: node blog.mjs URL TOKEN_OF_BEN TOKEN_OF_EVE TOKEN_OF_ADA
import assert from "node:assert/strict";
import { PostStatus, PurlinError, createClient, tagOf } from "./client.js";

const [url, author, editor] = process.argv.slice(2);
const [visitor, ben, eve] = [createClient({ url }), createClient({ url, token: author }), createClient({ url, token: editor })];
const code = (work) => work.then((value) => assert.fail(JSON.stringify(value)), (error) => (error instanceof PurlinError ? error.code : String(error)));

// Relations, counted and chosen, in one call; nobody sees more than the rules show.
const hello = await visitor.posts.findUniqueOrThrow({
  where: { slug: "hello" },
  include: { author: { select: { handle: true } }, tags: true, comments: { take: 2, orderBy: { id: "asc" }, include: { author: true } }, _count: true },
});
assert.equal(hello.author.handle, "ben");
assert.equal(hello.comments.length, 2);
assert.equal(hello.comments[0].author.id, "dan");
assert(hello._count.comments >= 2);
assert.equal(hello.editorNote, null);
assert.equal(typeof hello.reads, "string");
assert.deepEqual(Object.keys(await visitor.posts.findFirstOrThrow({ select: { id: true, author: { select: { name: true } } } })), ["id", "author"]);
assert.equal((await visitor.users.findFirstOrThrow({ omit: { handle: true } })).handle, undefined);

// Filters, orders, totals.
const published = await visitor.posts.count({ where: { status: PostStatus.PUBLISHED } });
assert(published > 300, String(published));
assert.equal(await visitor.posts.count({ where: { status: "DRAFT" } }), 0);
const page = await visitor.posts.findPage({ orderBy: [{ views: "desc" }, { id: "asc" }], take: 3, skip: 3, count: "exact" });
assert.equal(page.data.length, 3);
assert.equal(page.meta.total, await visitor.posts.count());
assert.equal((await visitor.posts.findMany({ where: { reads: { gte: 900n }, publishedAt: { lte: new Date() } }, take: 5 })).length > 0, true);
assert.equal(await code(visitor.posts.findMany({ where: { titel: "x" } })), "BAD_REQUEST");
assert.equal(await code(visitor.posts.findMany({ take: 1000 })), "BAD_REQUEST");

// Measures of what one may read.
const measured = await visitor.posts.aggregate({ where: { status: "PUBLISHED" }, _count: true, _sum: { views: true, reads: true }, _max: { publishedAt: true } });
assert.equal(measured._count, published);
assert.equal(typeof measured._sum.views, "number");
assert.equal(typeof measured._sum.reads, "string");
assert(Date.parse(measured._max.publishedAt) <= Date.now());
const groups = await ben.posts.groupBy({ by: ["status"], _count: true, having: { _count: { _all: { gt: 0 } } }, orderBy: { status: "asc" } });
assert(groups.some((group) => group.status === "DRAFT" && group._count > 0), JSON.stringify(groups));
assert(!(await visitor.posts.groupBy({ by: "status", _count: true })).some((group) => group.status === "DRAFT"));

// Every row, by pages of cursors, once; and no further page for who stops.
const seen = [];
for await (const post of visitor.posts.iterate({ orderBy: { publishedAt: "desc" }, select: { id: true }, take: 100 })) seen.push(post.id);
assert.equal(seen.length, await visitor.posts.count());
assert.equal(new Set(seen).size, seen.length);
let pages = 0;
const counting = createClient({ url, fetch: (input, init) => ((pages += 1), fetch(input, init)) });
for await (const post of counting.posts.iterate({ take: 10 })) {
  assert(post.id);
  break;
}
assert.equal(pages, 1);
const first = await visitor.posts.findPage({ cursor: null, take: 2 });
const second = await visitor.posts.findMany({ cursor: first.meta.nextCursor, take: 2 });
assert.notDeepEqual(first.data, second);

// Create, read, change, delete.
const made = await ben.posts.create({
  data: { slug: "by-the-client", title: "By the client", reads: 0n, layout: { wide: true }, sources: ["a", "b"] },
  include: { author: true },
});
assert.equal(made.author.id, "ben");
assert.equal(made.status, "DRAFT");
assert.equal(await visitor.posts.findUnique({ where: { slug: "by-the-client" } }), null);
assert.deepEqual(await ben.posts.update({ where: { id: made.id }, data: { summary: "Short." }, select: { summary: true } }), { summary: "Short." });
assert.equal(await code(ben.posts.update({ where: { id: made.id }, data: { status: "PUBLISHED", publishedAt: new Date() } })), "FORBIDDEN");
assert.equal(await code(ben.posts.create({ data: { slug: "by-the-client", title: "Again" } })), "CONFLICT");
const publishedNow = await eve.posts.update({ where: { id: made.id }, data: { status: "PUBLISHED", publishedAt: new Date(0) } });
assert.equal(publishedNow.publishedAt, "1970-01-01T00:00:00.000Z");
assert.equal((await visitor.posts.findUnique({ where: { slug: "by-the-client" } }))?.id, made.id);
const tags = await ben.tags.createManyAndReturn({ data: [{ name: "client-a" }, { name: "client-b" }], select: { name: true } });
assert.deepEqual(tags, [{ name: "client-a" }, { name: "client-b" }]);
assert.deepEqual(await ben.tags.createMany({ data: [{ name: "client-c" }] }), { count: 1 });
assert.deepEqual(await ben.tags.createMany({ data: [] }), { count: 0 });

// Keys of several fields, by their name.
const contributor = await ben.contributors.create({ data: { postId: "bens-draft", userId: "mia" } });
assert.equal(contributor.canEdit, false);
const both = { postId_userId: { postId: "bens-draft", userId: "mia" } };
assert.equal((await ben.contributors.findUnique({ where: both })).userId, "mia");
assert.equal((await ben.contributors.update({ where: both, data: { canEdit: true } })).canEdit, true);
assert.equal(await ben.contributors.delete({ where: both }), undefined);
assert.equal(await ben.contributors.findUnique({ where: both }), null);

// A draft goes as it came; a published post stays.
const draft = await ben.posts.create({ data: { slug: "to-be-deleted", title: "Soon gone" }, select: { id: true } });
await ben.posts.delete({ where: { id: draft.id } });
assert.equal(await code(ben.posts.delete({ where: { id: draft.id } })), "NOT_FOUND");
assert.equal(await code(visitor.posts.delete({ where: { id: "hello" } })), "UNAUTHENTICATED");
// Writes in writes, of many rows, and in batches: all or nothing.
const nested = await ben.posts.create({
  data: { slug: "nested", title: "Nested", tags: { create: [{ name: "nested-a" }], connectOrCreate: { where: { name: "client-a" }, create: { name: "client-a" } } } },
  select: { id: true, tags: { select: { name: true }, orderBy: { name: "asc" } } },
});
assert.deepEqual(nested.tags, [{ name: "client-a" }, { name: "nested-a" }]);
assert.equal((await ben.posts.update({ where: { slug: "nested" }, data: { title: "By another key" }, select: { title: true } })).title, "By another key");
assert.deepEqual(await ben.tags.createMany({ data: [{ name: "client-a" }, { name: "client-d" }], skipDuplicates: true }), { count: 1 });
assert.deepEqual(await ben.posts.updateMany({ where: { authorId: "ben", slug: "nested" }, data: { summary: "Many." } }), { count: 1 });
assert.equal(await code(ben.tags.deleteMany({ where: { name: undefined } })), "BAD_REQUEST");
const ada = createClient({ url, token: process.argv[5] });
const category = await ada.categories.upsert({ where: { slug: "by-upsert" }, create: { slug: "by-upsert", name: "One" }, update: { name: "Two" } });
assert.equal(category.name, "One");
assert.equal((await ada.categories.upsert({ where: { slug: "by-upsert" }, create: { slug: "by-upsert", name: "One" }, update: { name: "Two" } })).name, "Two");
const parent = ada.categories.create({ data: { slug: "parent", name: "Parent" }, select: { id: true } });
const child = ada.categories.create({ data: { slug: "child", name: "Child", parentId: parent.ref("id") } });
const [first1, second1, removed] = await ada.batch([parent, child, ada.categories.delete({ where: { slug: "by-upsert" } })]);
assert.equal(second1.parentId, first1.id);
assert.equal(removed, undefined);
assert.equal(await code(ada.batch([ada.categories.create({ data: { slug: "half", name: "Half" } }), ada.categories.create({ data: { slug: "child", name: "Again" } })])), "CONFLICT");
assert.equal(await ada.categories.findUnique({ where: { slug: "half" } }), null);
assert.equal(await code(ada.batch([parent])), "BAD_REQUEST");
assert.equal(await code(child), "BAD_REQUEST");
// Changes of what was read.
const read = await ben.posts.findUnique({ where: { id: nested.id } });
const changed = await ben.posts.update({ where: { id: nested.id }, data: { title: "First" } }, { ifMatch: read });
assert.equal(await code(ben.posts.update({ where: { id: nested.id }, data: { title: "Late" } }, { ifMatch: read })), "CONFLICT");
assert.equal(await code(ben.posts.delete({ where: { id: nested.id } }, { ifMatch: tagOf(read) })), "CONFLICT");
const again = await ben.posts.update({ where: { id: nested.id }, data: { title: "Second" }, select: { title: true } }, { ifMatch: changed });
assert.equal(again.title, "Second");
assert.equal(await code(ben.posts.update({ where: { id: nested.id }, data: { title: "x" } }, { ifMatch: { ...changed } })), "BAD_REQUEST");
assert.equal(await code(ben.posts.update({ where: { slug: "nested" }, data: { title: "x" } }, { ifMatch: read })), "UNSUPPORTED");
assert.equal(await code(ben.batch([ben.posts.update({ where: { id: nested.id }, data: { title: "x" } }, { ifMatch: read })])), "UNSUPPORTED");
assert.equal(await visitor.posts.findUnique({ where: { id: "." } }), null);
assert.equal(await visitor.posts.findUnique({ where: { id: "no such" } }), null);
// From a row on, and from the end.
const order = { orderBy: { id: "asc" }, select: { id: true }, where: { status: "PUBLISHED" } };
const forward = await visitor.posts.findMany({ ...order, take: 3 });
const last = await visitor.posts.findMany({ ...order, take: -3 });
assert.deepEqual(await visitor.posts.findMany({ ...order, cursor: { id: forward[1].id }, take: 2 }), forward.slice(1));
assert.deepEqual(await visitor.posts.findMany({ ...order, cursor: { id: last[2].id }, skip: 1, take: -2 }), last.slice(0, 2));
assert.deepEqual(await visitor.posts.findFirst({ ...order, take: -1 }), last[2]);
const walked = [];
for await (const post of visitor.posts.iterate({ ...order, cursor: { id: last[0].id }, skip: 1, take: 1 })) walked.push(post);
assert.deepEqual(walked, last.slice(1));
assert.equal(await code(visitor.posts.iterate({ ...order, take: -1 }).next()), "BAD_REQUEST");
// An answer that is lost: the write is sent again with its key, and done once.
let lost = 1;
const losing = createClient({
  url,
  token: author,
  fetch: async (input, init) => {
    const answer = await fetch(input, init);
    if (init.method === "POST" && !String(input).endsWith("/query") && lost-- > 0) throw new TypeError("fetch failed");
    return answer;
  },
});
const onceOnly = await losing.tags.create({ data: { name: "only-once" } });
assert.equal(onceOnly.name, "only-once");
assert.equal(await ben.tags.count({ where: { name: "only-once" } }), 1);

// Calls that nobody waits for are not made.
ben.posts.delete({ where: { id: "hello" } });
assert.equal((await ben.request({ method: "GET", path: "/api/posts/hello" })).data.id, "hello");
console.log("blog: fine");
