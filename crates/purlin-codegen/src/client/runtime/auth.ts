import { isObject } from "./error.ts";
import type { CallOptions, Transport } from "./transport.ts";
import type { Tokens } from "./tokens.ts";

/** One call of sign-in. */
export interface AuthCall {
  method: string;
  path: string;
  /** Whether it can be made by nobody. */
  isOpen: boolean;
  hasBody: boolean;
  /** Whether the refresh token may come as a cookie. */
  hasCookie: boolean;
}

/** Makes the calls of sign-in, and keeps the tokens that they answer. */
export class AuthCalls {
  private readonly transport: Transport;
  private readonly calls: Readonly<Record<string, AuthCall>>;

  constructor(transport: Transport, calls: Readonly<Record<string, AuthCall>>) {
    this.transport = transport;
    this.calls = calls;
  }

  /** A function for each call: names of the path first, then the body, then options. */
  functions(): Record<string, (...args: never[]) => unknown> {
    const functions: Record<string, (...args: never[]) => unknown> = {};
    for (const [name, call] of Object.entries(this.calls)) {
      functions[name] = (...args: unknown[]) => this.make(name, call, args);
    }
    functions["isSignedIn"] = async () => (await this.transport.storage.get()) !== null;
    return functions;
  }

  private async make(name: string, call: AuthCall, args: unknown[]): Promise<unknown> {
    let at = 0;
    const path = call.path.replace(/\{[^}]+\}/g, () => encodeURIComponent(String(args[at++])));
    if (name === "refresh" && args[at] === undefined) return this.transport.refresh();
    const given = call.hasBody ? args[at++] : undefined;
    const options = args[at] as CallOptions | undefined;
    const body = call.hasBody ? await this.body(name, call, given) : undefined;
    // Where one is not needed, a token that is over must not stand in the way.
    const token = name === "logout" || name === "walletVerify" ? "optional" : call.isOpen ? "none" : "needed";
    const isWrite = call.method !== "GET";
    try {
      const answer = await this.transport.send<{ data?: unknown } | null>({ method: call.method, path, body, isWrite: false, token }, { ...(isWrite ? { retries: 0 } : {}), ...options });
      const data = answer?.data;
      if (isObject(data) && typeof data["accessToken"] === "string") await this.transport.signedIn(data as unknown as Tokens);
      return data ?? (isObject(answer) ? answer : undefined);
    } finally {
      // Whoever signs out is signed out here, whether or not the server could be reached.
      if (name === "logout") await this.transport.storage.set(null);
    }
  }

  private async body(name: string, call: AuthCall, given: unknown): Promise<unknown> {
    const body = isObject(given) ? { ...given } : {};
    if (name === "logout" || name === "refresh") {
      const tokens = await this.transport.storage.get();
      body["refreshToken"] ??= tokens?.refreshToken;
    }
    if (call.hasCookie && this.transport.options.refresh === "cookie") body["cookie"] ??= true;
    return body;
  }
}
