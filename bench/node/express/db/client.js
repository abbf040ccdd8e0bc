import { drizzle } from "drizzle-orm/node-postgres";
import pg from "pg";
import { config } from "../config.js";
import * as schema from "./schema.js";

export const db = drizzle(new pg.Pool({ connectionString: config.databaseUrl }), { schema });
