/** Why a call failed. `status` is 0 where no answer came. */
export class PurlinError extends Error {
  override readonly name: string = "PurlinError";
  readonly status: number;
  /** Such as `VALIDATION_ERROR`, `NOT_FOUND`, `CONFLICT`; without an answer `NETWORK_ERROR` or `TIMEOUT`. */
  readonly code: string;
  /** Messages by field; an empty name is the whole body. */
  readonly fields: Readonly<Record<string, readonly string[]>>;
  /** Names the call in the server's log. */
  readonly requestId: string | null;
  /** Seconds after which another try makes sense. */
  readonly retryAfter: number | null;

  constructor(problem: {
    status: number;
    code: string;
    message: string;
    fields?: Record<string, readonly string[]>;
    requestId?: string | null;
    retryAfter?: number | null;
    cause?: unknown;
  }) {
    super(problem.message, problem.cause === undefined ? undefined : { cause: problem.cause });
    this.status = problem.status;
    this.code = problem.code;
    this.fields = problem.fields ?? {};
    this.requestId = problem.requestId ?? null;
    this.retryAfter = problem.retryAfter ?? null;
  }
}

/** What an answer that is no success says; it may come from a proxy and say anything. */
export function errorOf(response: Response, text: string): PurlinError {
  let said: { code?: unknown; message?: unknown; fields?: unknown; requestId?: unknown } = {};
  try {
    said = (JSON.parse(text) as { error?: typeof said }).error ?? {};
  } catch {
    // Not of the server itself.
  }
  const seconds = Number(response.headers.get("retry-after") ?? Number.NaN);
  return new PurlinError({
    status: response.status,
    code: typeof said.code === "string" ? said.code : "BAD_RESPONSE",
    message: typeof said.message === "string" ? said.message : `the server answered ${response.status}`,
    fields: isObject(said.fields) ? (said.fields as Record<string, string[]>) : {},
    requestId: typeof said.requestId === "string" ? said.requestId : response.headers.get("x-request-id"),
    retryAfter: Number.isFinite(seconds) ? seconds : null,
  });
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
