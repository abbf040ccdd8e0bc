// Failures that a client may see, with their status and code.
export class HttpError extends Error {
  constructor(status, code, message, fields) {
    super(message);
    this.status = status;
    this.code = code;
    this.fields = fields;
  }
}

export const unauthenticated = () => new HttpError(401, "UNAUTHENTICATED", "A valid bearer token is required");
export const forbidden = () => new HttpError(403, "FORBIDDEN", "You may not do this");
export const notFoundError = () => new HttpError(404, "NOT_FOUND", "Not found");
