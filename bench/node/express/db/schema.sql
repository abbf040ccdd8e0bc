-- What the migration of schema.js creates.
CREATE TYPE "role" AS ENUM ('USER', 'ADMIN');
CREATE TYPE "status" AS ENUM ('DRAFT', 'PUBLISHED');
CREATE TABLE "users" (
  "id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
  "email" text NOT NULL UNIQUE,
  "name" text NOT NULL,
  "role" "role" DEFAULT 'USER' NOT NULL,
  "created_at" timestamp(3) with time zone DEFAULT now() NOT NULL
);
CREATE TABLE "posts" (
  "id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
  "title" varchar(200) NOT NULL,
  "content" text NOT NULL,
  "status" "status" DEFAULT 'DRAFT' NOT NULL,
  "views" integer DEFAULT 0 NOT NULL,
  "author_id" uuid NOT NULL REFERENCES "users" ("id"),
  "created_at" timestamp(3) with time zone DEFAULT now() NOT NULL,
  "updated_at" timestamp(3) with time zone DEFAULT now() NOT NULL
);
CREATE INDEX "posts_status_created_at_idx" ON "posts" ("status", "created_at");
CREATE INDEX "posts_author_id_idx" ON "posts" ("author_id");
CREATE INDEX "posts_created_at_idx" ON "posts" ("created_at");
