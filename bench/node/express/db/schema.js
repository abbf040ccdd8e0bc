import { relations } from "drizzle-orm";
import { index, integer, pgEnum, pgTable, text, timestamp, uuid, varchar } from "drizzle-orm/pg-core";

export const role = pgEnum("role", ["USER", "ADMIN"]);
export const status = pgEnum("status", ["DRAFT", "PUBLISHED"]);

const instant = (name) => timestamp(name, { withTimezone: true, precision: 3 });

export const users = pgTable("users", {
  id: uuid("id").primaryKey().defaultRandom(),
  email: text("email").notNull().unique(),
  name: text("name").notNull(),
  role: role("role").notNull().default("USER"),
  createdAt: instant("created_at").notNull().defaultNow(),
});

export const posts = pgTable(
  "posts",
  {
    id: uuid("id").primaryKey().defaultRandom(),
    title: varchar("title", { length: 200 }).notNull(),
    content: text("content").notNull(),
    status: status("status").notNull().default("DRAFT"),
    views: integer("views").notNull().default(0),
    authorId: uuid("author_id").notNull().references(() => users.id),
    createdAt: instant("created_at").notNull().defaultNow(),
    updatedAt: instant("updated_at").notNull().defaultNow().$onUpdate(() => new Date()),
  },
  (table) => [
    index("posts_status_created_at_idx").on(table.status, table.createdAt),
    index("posts_author_id_idx").on(table.authorId),
    index("posts_created_at_idx").on(table.createdAt),
  ],
);

export const usersRelations = relations(users, ({ many }) => ({ posts: many(posts) }));

export const postsRelations = relations(posts, ({ one }) => ({
  author: one(users, { fields: [posts.authorId], references: [users.id] }),
}));
