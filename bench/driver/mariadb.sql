-- The MariaDB form of app/schema.zmodel, as people write it: native uuids and enums, times in milliseconds.
CREATE TABLE users (
  id uuid NOT NULL PRIMARY KEY,
  email varchar(191) NOT NULL UNIQUE,
  name varchar(191) NOT NULL,
  role enum('USER', 'ADMIN') NOT NULL DEFAULT 'USER',
  created_at datetime(3) NOT NULL DEFAULT current_timestamp(3)
);
CREATE TABLE posts (
  id uuid NOT NULL PRIMARY KEY,
  title varchar(200) NOT NULL,
  content text NOT NULL,
  status enum('DRAFT', 'PUBLISHED') NOT NULL DEFAULT 'DRAFT',
  views int NOT NULL DEFAULT 0,
  author_id uuid NOT NULL,
  created_at datetime(3) NOT NULL DEFAULT current_timestamp(3),
  updated_at datetime(3) NOT NULL DEFAULT current_timestamp(3),
  KEY posts_status_created_at_idx (status, created_at),
  KEY posts_author_id_idx (author_id),
  KEY posts_created_at_idx (created_at),
  CONSTRAINT posts_author_id_fkey FOREIGN KEY (author_id) REFERENCES users (id)
);
