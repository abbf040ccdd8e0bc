// Settings from the environment. With JWT_KEY_OBJECT=1 the token secret is prepared once as a key
// object; without it, it is passed as the string that most code passes.
import { createSecretKey } from "node:crypto";

const { PORT, DATABASE_URL, JWT_SECRET, JWT_ISSUER, JWT_AUDIENCE, JWT_KEY_OBJECT, WEB_CONCURRENCY } = process.env;

export const config = {
  port: Number(PORT),
  databaseUrl: DATABASE_URL,
  processes: Number(WEB_CONCURRENCY ?? 1),
  jwt: {
    key: JWT_KEY_OBJECT === "1" ? createSecretKey(Buffer.from(JWT_SECRET)) : JWT_SECRET,
    issuer: JWT_ISSUER,
    audience: JWT_AUDIENCE,
  },
};
