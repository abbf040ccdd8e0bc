import { z } from "zod";

export const postParams = z.object({ id: z.uuid() });

export const listQuery = z.strictObject({
  page: z.coerce.number().int().min(1).default(1),
  limit: z.coerce.number().int().min(1).max(100).default(20),
  sort: z.enum(["createdAt", "-createdAt"]).optional(),
  count: z.enum(["none", "capped", "exact"]).default("capped"),
  cursor: z.string().optional(),
  include: z.enum(["author"]).optional(),
});

export const createBody = z.strictObject({
  title: z.string().min(1).max(200),
  content: z.string(),
  status: z.enum(["DRAFT", "PUBLISHED"]).optional(),
  views: z.int32().optional(),
  authorId: z.uuid(),
});
