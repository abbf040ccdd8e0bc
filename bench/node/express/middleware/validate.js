// Checks parts of the request against zod schemas and keeps the parsed values in req.valid.
import { HttpError } from "../errors.js";

export const validate = (schemas) => (req, res, next) => {
  req.valid = {};
  for (const [part, schema] of Object.entries(schemas)) {
    const result = schema.safeParse(req[part]);
    if (!result.success) {
      const fields = {};
      for (const issue of result.error.issues) {
        for (const name of issue.keys ?? [issue.path.join(".")]) (fields[name] ??= []).push(issue.message);
      }
      throw part === "body"
        ? new HttpError(400, "VALIDATION_ERROR", "The body is not valid", fields)
        : new HttpError(400, "BAD_REQUEST", "A parameter is not valid", fields);
    }
    req.valid[part] = result.data;
  }
  next();
};
