// The usual stack as its users write it: Express, zod, jsonwebtoken, Drizzle on PostgreSQL.
import express from "express";
import { errorHandler, notFound } from "./middleware/error-handler.js";
import { postsRouter } from "./posts/router.js";

export const app = express();

app.use(express.json({ limit: "1mb" }));
app.get("/healthz", (req, res) => res.json({ status: "ok" }));
app.use("/api/posts", postsRouter);
app.use(notFound);
app.use(errorHandler);
