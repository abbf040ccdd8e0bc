import { PurlinError, errorOf, isObject } from "./error.ts";
import { encode } from "./encode.ts";
import { type TokenStorage, type Tokens, memoryStorage } from "./tokens.ts";

export interface ClientOptions {
  /** Where the server is, such as `https://api.example.com`; in a page by default where it comes from. */
  url?: string;
  fetch?: typeof fetch;
  /** Sent with every call. */
  headers?: Record<string, string>;
  /** An API key, or another token that stays as it is. Nobody signs in then. */
  token?: string;
  /** Where the tokens of signing in are kept; by default in memory. */
  tokens?: TokenStorage;
  /** `cookie`: the refresh token is a cookie that no script can read. The page must be of the server's site. */
  refresh?: "token" | "cookie";
  /** Milliseconds for one try; 30,000 by default, 0 for ever. */
  timeout?: number;
  /** Tries after the first, where no answer came or 503; 2 by default. */
  retries?: number;
  /** The session has ended elsewhere: the refresh token is not good any more. */
  onSignedOut?: () => void;
}

export interface CallOptions {
  signal?: AbortSignal;
  timeout?: number;
  retries?: number;
  headers?: Record<string, string>;
  /** Made for each write by itself; give one to repeat a write over a reload. */
  idempotencyKey?: string;
}

/** Options of a write of one row. */
export interface RowOptions extends CallOptions {
  /** The row as it was read, or its tag: where it has changed since, nothing is written (`CONFLICT`). */
  ifMatch?: object | string;
}

/** Tags of rows that were answered alone and whole. */
const tags = new WeakMap<object, string>();

/** The tag (`ETag`) of a row that `findUnique`, `create` or `update` has answered whole; undefined for others, and for copies. */
export function tagOf(row: object): string | undefined {
  return tags.get(row);
}

function condition(ifMatch: object | string): string {
  const tag = typeof ifMatch === "string" ? ifMatch : tagOf(ifMatch);
  if (tag !== undefined) return tag;
  const message = "this row has no tag: ifMatch takes what findUnique by the key, create or update has answered without select, include and omit";
  throw new PurlinError({ status: 0, code: "BAD_REQUEST", message });
}

export interface Call {
  method: string;
  path: string;
  query?: Record<string, string | undefined>;
  body?: unknown;
  /** Whether it must not happen twice. */
  isWrite?: boolean;
  /** Only of the row as it was. */
  ifMatch?: object | string | undefined;
  /** `none`: whoever is signed in has nothing to do with it. `optional`: nothing is refreshed for it. */
  token?: "none" | "optional" | "needed";
}

/** What the server of the schema can do. */
export interface Abilities {
  /** Writes with an `Idempotency-Key` happen once, however often they are sent. */
  idempotency: boolean;
  /** Where new tokens are to be had. */
  refreshPath: string | null;
}

/** Sends calls: tokens, one refresh for all who wait for it, tries again, time limits, errors. */
export class Transport {
  readonly storage: TokenStorage;
  private refreshing: Promise<Tokens | null> | null = null;
  readonly options: ClientOptions;
  private readonly abilities: Abilities;

  constructor(options: ClientOptions, abilities: Abilities) {
    this.options = options;
    this.abilities = abilities;
    this.storage = options.tokens ?? memoryStorage();
  }

  async send<T>(call: Call, options: CallOptions = {}): Promise<T> {
    const body = call.body === undefined ? undefined : encode(call.body);
    const key = call.isWrite === true && this.abilities.idempotency ? (options.idempotencyKey ?? newKey()) : null;
    const used = await this.accessToken(call);
    try {
      return await this.tries<T>(call, options, body, key, used);
    } catch (error) {
      const token = await this.renewed(call, error, used, options);
      if (token === null) throw error;
      return await this.tries<T>(call, options, body, key, token);
    }
  }

  async url(call: Call): Promise<string> {
    const given = Object.entries(call.query ?? {}).filter((entry): entry is [string, string] => entry[1] !== undefined);
    const query = given.length === 0 ? "" : `?${new URLSearchParams(given).toString()}`;
    return `${(this.options.url ?? "").replace(/\/+$/, "")}${call.path}${query}`;
  }

  private async accessToken(call: Call): Promise<string | null> {
    if (call.token === "none") return null;
    if (this.options.token !== undefined) return this.options.token;
    return (await this.storage.get())?.accessToken ?? null;
  }

  /** Another token after a 401, or null where there is none to be had. */
  private async renewed(call: Call, error: unknown, used: string | null, options: CallOptions): Promise<string | null> {
    const isRefused = error instanceof PurlinError && error.status === 401 && call.token !== "none" && call.token !== "optional";
    if (!isRefused || this.options.token !== undefined) return null;
    const now = await this.storage.get();
    // Somebody else has refreshed while this call was on its way.
    if (now !== null && now.accessToken !== used) return now.accessToken;
    const canRefresh = this.options.refresh === "cookie" ? used !== null : now?.refreshToken !== undefined;
    if (canRefresh && this.abilities.refreshPath !== null) {
      return (await whileWaiting(this.refresh(used), options.signal))?.accessToken ?? null;
    }
    // Where nothing is kept any more, another call has said so already.
    if (used !== null && now !== null) await this.signedOut();
    return null;
  }

  /** One at a time, whoever asks; null where the session has ended. `used` is the token that was refused. */
  refresh(used?: string | null): Promise<Tokens | null> {
    this.refreshing ??= this.refreshOnce(used).finally(() => {
      this.refreshing = null;
    });
    return this.refreshing;
  }

  private async refreshOnce(used: string | null | undefined): Promise<Tokens | null> {
    const path = this.abilities.refreshPath;
    const tokens = await this.storage.get();
    if (path === null) return null;
    // The refresh before this one ended while the answer of 401 was on its way.
    if (used !== undefined && tokens !== null && tokens.accessToken !== used) return tokens;
    const body = this.options.refresh === "cookie" ? {} : { refreshToken: tokens?.refreshToken };
    try {
      const call: Call = { method: "POST", path, body, token: "none" };
      const answer = await this.tries<{ data: Tokens }>(call, {}, encode(body), null, null);
      return await this.signedIn(answer.data);
    } catch (error) {
      if (!(error instanceof PurlinError) || error.status === 0 || error.status === 429 || error.status >= 500) throw error;
      await this.signedOut();
      return null;
    }
  }

  async signedIn(data: Tokens): Promise<Tokens> {
    const tokens: Tokens = { accessToken: data.accessToken };
    if (typeof data.refreshToken === "string") tokens.refreshToken = data.refreshToken;
    await this.storage.set(tokens);
    return tokens;
  }

  private async signedOut(): Promise<void> {
    await this.storage.set(null);
    this.options.onSignedOut?.();
  }

  private async tries<T>(call: Call, options: CallOptions, body: string | undefined, key: string | null, token: string | null): Promise<T> {
    const most = options.retries ?? this.options.retries ?? 2;
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await this.once<T>(call, options, body, key, token);
      } catch (error) {
        const isPassing = error instanceof PurlinError && (error.code === "NETWORK_ERROR" || error.status === 503);
        const mayRepeat = call.isWrite !== true || key !== null;
        if (!isPassing || !mayRepeat || attempt >= most) throw error;
        await pause(delay(attempt, error.retryAfter), options.signal);
      }
    }
  }

  private async once<T>(call: Call, options: CallOptions, body: string | undefined, key: string | null, token: string | null): Promise<T> {
    const headers: Record<string, string> = { accept: "application/json", ...this.options.headers, ...options.headers };
    if (body !== undefined) headers["content-type"] = "application/json";
    if (token !== null) headers["authorization"] = `Bearer ${token}`;
    if (key !== null) headers["idempotency-key"] = key;
    if (call.ifMatch !== undefined) headers["if-match"] = condition(call.ifMatch);
    const limit = new Limit(options.timeout ?? this.options.timeout ?? 30_000, options.signal);
    try {
      const request: RequestInit = { method: call.method, headers, signal: limit.signal };
      if (body !== undefined) request.body = body;
      if (this.options.refresh === "cookie") request.credentials = "include";
      const response = await (this.options.fetch ?? fetch)(await this.url(call), request);
      const text = await response.text();
      if (!response.ok) throw errorOf(response, text);
      const answer = text === "" ? null : parsed(response, text);
      const tag = response.headers.get("etag");
      if (tag !== null && isObject(answer) && isObject(answer["data"])) tags.set(answer["data"], tag);
      return answer as T;
    } catch (error) {
      throw limit.explained(error);
    } finally {
      limit.end();
    }
  }
}

function parsed(response: Response, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new PurlinError({ status: response.status, code: "BAD_RESPONSE", message: "the answer is not JSON", cause });
  }
}

/** Ends a try when its time is over, or when the caller has no use for it any more. */
class Limit {
  private readonly controller = new AbortController();
  private readonly timer: ReturnType<typeof setTimeout> | null;
  private isOver = false;
  private readonly outer: AbortSignal | undefined;
  private readonly stop = (): void => this.controller.abort(this.outer?.reason);

  constructor(timeout: number, outer: AbortSignal | undefined) {
    this.outer = outer;
    outer?.throwIfAborted();
    outer?.addEventListener("abort", this.stop);
    const over = (): void => {
      this.isOver = true;
      this.controller.abort();
    };
    this.timer = timeout > 0 ? setTimeout(over, timeout) : null;
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  end(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.outer?.removeEventListener("abort", this.stop);
  }

  /** An abort is the caller's own; all else that is no answer is the network's. */
  explained(error: unknown): unknown {
    if (error instanceof PurlinError) return error;
    if (this.outer?.aborted === true) return this.outer.reason;
    if (this.isOver) {
      return new PurlinError({ status: 0, code: "TIMEOUT", message: "no answer came in time", cause: error });
    }
    const message = isObject(error) && typeof error["message"] === "string" ? error["message"] : String(error);
    return new PurlinError({ status: 0, code: "NETWORK_ERROR", message: `no answer came: ${message}`, cause: error });
  }
}

/** What the server asks for, or twice as long each time with a part by chance, so that clients do not come back together. */
function delay(attempt: number, retryAfter: number | null): number {
  const own = 200 * 2 ** attempt * (0.5 + Math.random());
  return Math.min(Math.max(own, (retryAfter ?? 0) * 1000), 30_000);
}

function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  let timer: ReturnType<typeof setTimeout>;
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  return whileWaiting(over, signal).finally(() => clearTimeout(timer));
}

/** Others may wait for it too, so that it goes on without whoever gives up. */
function whileWaiting<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  return new Promise<T>((resolve, reject) => {
    const stop = (): void => reject(signal.reason as Error);
    if (signal.aborted) return stop();
    signal.addEventListener("abort", stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
  });
}

/** Also where a page is not served over HTTPS, where `randomUUID` is missing. */
function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
