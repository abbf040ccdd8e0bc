import { randomUUID } from "node:crypto";
import { HttpError, notFoundError } from "../errors.js";

export function notFound(req, res, next) {
  next(notFoundError());
}

// Express knows an error handler by its four parameters.
export function errorHandler(error, req, res, next) {
  const known = toHttpError(error);
  if (known.status >= 500) console.error(error);
  const { code, message, fields } = known;
  res.status(known.status).json({ error: { code, message, fields, requestId: randomUUID() } });
}

function toHttpError(error) {
  if (error instanceof HttpError) return error;
  if (error.type === "entity.parse.failed") return new HttpError(400, "BAD_REQUEST", "The body is not JSON");
  if (error.type === "entity.too.large") return new HttpError(413, "TOO_LARGE", "The body is too large");
  return new HttpError(500, "INTERNAL_ERROR", "Something went wrong");
}
