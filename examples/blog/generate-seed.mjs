// Writes seed.json: a few rows that the README and the tests name, and a few thousand around them.
// The same run always writes the same file: `node generate-seed.mjs > seed.json`.

// A small generator of numbers (mulberry32), so that nothing depends on the machine.
let state = 20260101;
function random() {
  state = (state + 0x6d2b79f5) | 0;
  let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
}
const below = (limit) => Math.floor(random() * limit);
const pick = (items) => items[below(items.length)];
const chance = (share) => random() < share;
const number = (value, digits) => String(value).padStart(digits, "0");

const DAY = 86_400_000;
const START = Date.UTC(2025, 0, 1);
const time = (days) => new Date(START + Math.floor(days * DAY)).toISOString();

const WORDS = (
  "river stone light paper morning garden window letter bridge forest winter harbour kitchen market " +
  "signal thread engine lantern meadow island mirror compass orchard railway archive canvas pepper violin"
).split(" ");
const sentence = (length) => {
  const words = Array.from({ length }, () => pick(WORDS)).join(" ");
  return `${words[0].toUpperCase()}${words.slice(1)}.`;
};
const text = (sentences) => Array.from({ length: sentences }, () => sentence(6 + below(9))).join(" ");

// People. The first seven are the cast of the tests.
const user = (id, role, more = {}) => ({
  id,
  email: `${id.replaceAll("-", ".")}@example.com`,
  handle: id.replaceAll("-", "_"),
  name: id[0].toUpperCase() + id.slice(1),
  role,
  createdAt: time(0),
  ...more,
});
const users = [
  user("ada", "ADMIN", { note: "founder-note" }),
  user("eve", "EDITOR"),
  user("ben", "AUTHOR", { note: "pays-late" }),
  user("cleo", "AUTHOR"),
  user("dan", "READER"),
  user("mia", "READER", { isMuted: true }),
  user("gus", "AUTHOR", { isActive: false }),
];
for (let index = 1; index <= 53; index += 1) {
  const role = index <= 12 ? "AUTHOR" : "READER";
  users.push(user(`user-${number(index, 2)}`, role, { name: `${pick(WORDS)} ${pick(WORDS)}`, createdAt: time(index) }));
}
const authors = users.filter((row) => row.role === "AUTHOR" && row.id.startsWith("user-")).map((row) => row.id);
const people = users.filter((row) => row.id.startsWith("user-")).map((row) => row.id);

const profiles = [
  { id: 1, userId: "ben", bio: "Writes about bridges.", website: "https://ben.example.com", phone: "+14155550101", birthday: "1990-05-17" },
  { id: 2, userId: "dan", phone: "+14155550102" },
  { id: 3, userId: "gus", bio: "Was here.", phone: "+14155550103" },
];
people.slice(0, 40).forEach((userId, index) => profiles.push({ id: 4 + index, userId, bio: sentence(8) }));

const categories = [
  { id: 1, slug: "engineering", name: "Engineering", position: 1 },
  { id: 2, slug: "travel", name: "Travel", position: 2 },
  { id: 3, slug: "food", name: "Food", position: 3 },
  { id: 4, slug: "databases", name: "Databases", position: 1, parentId: 1 },
  { id: 5, slug: "networks", name: "Networks", position: 2, parentId: 1 },
  { id: 6, slug: "empty", name: "Empty", position: 9 },
];

const tags = ["rust", "sql", "secret-plans", ...WORDS.slice(0, 20)].map((name, index) => ({ id: index + 1, name }));

const post = (id, authorId, status, more = {}) => ({
  id,
  slug: id,
  title: `Title of ${id}`,
  status,
  authorId,
  createdAt: time(1),
  ...(status === "DRAFT" ? {} : { publishedAt: time(10) }),
  ...more,
});
const posts = [
  post("hello", "ben", "PUBLISHED", { title: "Hello from Ben", body: "The first post.", summary: "A greeting", publishedAt: "2026-01-05T08:00:00.000Z", categoryId: 1, isPinned: true, views: 120, reads: "9007199254740993", rating: "4.5", sources: ["rfc-9110", "rfc-8259"], layout: { theme: "dark", columns: 2 } }),
  post("bens-draft", "ben", "DRAFT", { title: "Unpublished confession", body: "classified-draft-body", editorNote: "needs-more-work", categoryId: 4 }),
  post("bens-archive", "ben", "ARCHIVED", { title: "Archived thoughts", body: "classified-archive-body" }),
  post("bens-future", "ben", "PUBLISHED", { title: "Embargoed news", body: "classified-future-body", publishedAt: "2999-01-01T00:00:00.000Z" }),
  post("cleos-post", "cleo", "PUBLISHED", { title: "Cleo cooks", publishedAt: "2026-02-01T12:30:00.000Z", categoryId: 3, views: 40, rating: "3.75", editorNote: "cleo-private-note" }),
  post("cleos-draft", "cleo", "DRAFT", { title: "Cleo is not done", body: "classified-cleo-body" }),
  post("gus-post", "gus", "PUBLISHED", { title: "Written by a deactivated user", body: "classified-gus-body" }),
];
for (let index = 1; index <= 600; index += 1) {
  const share = random();
  const status = share < 0.7 ? "PUBLISHED" : share < 0.9 ? "DRAFT" : "ARCHIVED";
  const written = 2 + below(360);
  posts.push({
    id: `post-${number(index, 4)}`,
    slug: `post-${number(index, 4)}`,
    title: sentence(2 + below(4)).slice(0, -1),
    summary: chance(0.5) ? sentence(8) : null,
    body: text(2),
    status,
    authorId: pick(authors),
    categoryId: chance(0.85) ? 1 + below(5) : null,
    views: status === "DRAFT" ? 0 : below(5000),
    rating: status === "PUBLISHED" && chance(0.6) ? (below(501) / 100).toFixed(2) : null,
    createdAt: time(written),
    publishedAt: status === "DRAFT" ? null : time(written + 1),
  });
}

const contributors = [
  { postId: "bens-draft", userId: "cleo", canEdit: true },
  { postId: "bens-draft", userId: "dan", canEdit: false },
];
for (const { id, authorId, status } of posts.slice(7)) {
  if (status !== "DRAFT" || !chance(0.5)) continue;
  const userId = pick(authors.filter((author) => author !== authorId));
  contributors.push({ postId: id, userId, canEdit: chance(0.5) });
}

const comments = [
  { id: 1, postId: "hello", authorId: "dan", body: "Welcome, Ben." },
  { id: 2, postId: "hello", authorId: "ben", body: "Thank you, Dan.", parentId: 1 },
  { id: 3, postId: "hello", authorId: "dan", body: "moderated-words", isHidden: true },
  { id: 4, postId: "bens-draft", authorId: "cleo", body: "comment-under-draft" },
  { id: 5, postId: "cleos-post", authorId: "ben", body: "Looks tasty." },
  { id: 6, postId: "hello", authorId: null, body: "From somebody who left." },
];
const published = posts.slice(7).filter((row) => row.status === "PUBLISHED");
for (let id = 7; id <= 2000; id += 1) {
  const { id: postId, publishedAt } = pick(published);
  const createdAt = new Date(Date.parse(publishedAt) + below(30 * DAY)).toISOString();
  comments.push({ id, postId, authorId: pick(people), body: sentence(4 + below(8)), isHidden: chance(0.03), createdAt });
}

// The join table of the implicit relation between posts and tags: A is the post, B the tag.
const links = [
  { A: "bens-draft", B: 1 },
  { A: "bens-draft", B: 3 },
  { A: "cleos-post", B: 2 },
  { A: "hello", B: 1 },
  { A: "hello", B: 2 },
];
for (const { id } of posts.slice(7)) {
  const chosen = new Set(Array.from({ length: below(4) }, () => 4 + below(20)));
  for (const tag of chosen) links.push({ A: id, B: tag });
}

// One row a line, so that a change of the generator is a readable difference.
const tables = {
  User: users,
  Profile: profiles,
  Category: categories,
  Tag: tags,
  Post: posts,
  _PostToTag: links,
  Contributor: contributors,
  Comment: comments,
};
const lines = Object.entries(tables).map(([name, rows]) => {
  return `  ${JSON.stringify(name)}: [\n${rows.map((row) => `    ${JSON.stringify(row)}`).join(",\n")}\n  ]`;
});
process.stdout.write(`{\n${lines.join(",\n")}\n}\n`);
