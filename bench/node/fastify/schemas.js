// JSON schemas: Fastify compiles the input ones to validators and the answers to serialisers.
const string = { type: "string" };
const integer = { type: "integer" };

const author = {
  type: "object",
  properties: {
    id: string,
    email: { type: ["string", "null"] },
    name: string,
    role: string,
    createdAt: string,
  },
};

const post = {
  type: "object",
  properties: {
    id: string,
    title: string,
    content: string,
    status: string,
    views: integer,
    authorId: string,
    createdAt: string,
    updatedAt: string,
    author,
  },
};

const one = { type: "object", properties: { data: post } };

export const postSchema = { response: { 200: one } };

export const listSchema = {
  querystring: {
    type: "object",
    additionalProperties: false,
    required: ["sort"],
    properties: {
      page: { type: "integer", minimum: 1, default: 1 },
      limit: { type: "integer", minimum: 1, maximum: 100, default: 20 },
      sort: { enum: ["-createdAt"] },
      count: { enum: ["none", "capped", "exact"], default: "capped" },
      cursor: { type: "string" },
      include: { enum: ["author"] },
    },
  },
  response: {
    200: {
      type: "object",
      properties: {
        data: { type: "array", items: post },
        meta: {
          type: "object",
          properties: {
            page: integer,
            limit: integer,
            total: integer,
            totalPages: integer,
            totalIsCapped: { type: "boolean" },
            nextCursor: { type: ["string", "null"] },
            hasMore: { type: "boolean" },
          },
        },
      },
    },
  },
};

export const createSchema = {
  body: {
    type: "object",
    additionalProperties: false,
    required: ["title", "content", "authorId"],
    properties: {
      title: { type: "string", minLength: 1, maxLength: 200 },
      content: string,
      status: { enum: ["DRAFT", "PUBLISHED"], default: "DRAFT" },
      views: { type: "integer", minimum: -2147483648, maximum: 2147483647, default: 0 },
      authorId: string,
    },
  },
  response: { 201: one },
};
