// The contract's error envelope.
export const failure = (code, message, fields) => ({ error: { code, message, fields, requestId: crypto.randomUUID() } });

export const unauthenticated = (reply) =>
  reply.code(401).send(failure("UNAUTHENTICATED", "A valid bearer token is required"));
export const notFound = (reply) => reply.code(404).send(failure("NOT_FOUND", "Not found"));
export const badCursor = (reply) => reply.code(400).send(failure("BAD_REQUEST", "The cursor is not valid"));
export const forbidden = (reply) => reply.code(403).send(failure("FORBIDDEN", "You may not do this"));

export function handleError(error, request, reply) {
  if (error.validation && error.validationContext === "body") {
    const fields = {};
    for (const { instancePath, params, message } of error.validation) {
      const name = params.missingProperty ?? params.additionalProperty ?? instancePath.slice(1);
      (fields[name] ??= []).push(message);
    }
    return reply.code(400).send(failure("VALIDATION_ERROR", "The body is not valid", fields));
  }
  if (error.statusCode === 413) return reply.code(413).send(failure("TOO_LARGE", "The body is too large"));
  if (error.statusCode < 500) return reply.code(400).send(failure("BAD_REQUEST", "The request is not valid"));
  console.error(error);
  return reply.code(500).send(failure("INTERNAL_ERROR", "Something went wrong"));
}
