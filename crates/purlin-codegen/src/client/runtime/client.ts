import { PurlinError } from "./error.ts";
import { type AuthCall, AuthCalls } from "./auth.ts";
import { ModelCalls, type ModelInfo } from "./model.ts";
import { Write } from "./pending.ts";
import { type Abilities, type Call, type CallOptions, type ClientOptions, Transport } from "./transport.ts";

/** The results of writes, in their order. */
export type Results<W extends readonly unknown[]> = { -readonly [K in keyof W]: W[K] extends Write<infer T> ? T : never };

/** What every client has beside its models. */
export interface Common {
  /** Another call of the server, such as one of the app's own, with the token and the errors of this client. */
  request<T = unknown>(call: Call, options?: CallOptions): Promise<T>;
}

export interface Batches {
  /** Several writes in one transaction: all or nothing. */
  batch<const W extends readonly Write<unknown>[]>(writes: W, options?: CallOptions): Promise<Results<W>>;
}

/** What the generated part knows of the server. */
export interface Server extends Abilities {
  models: Readonly<Record<string, ModelInfo>>;
  auth: Readonly<Record<string, AuthCall>>;
  batchPath: string | null;
}

/** Puts a client together; its type comes from the generated part. */
export function clientOf<T>(server: Server, options: ClientOptions): T {
  const transport = new Transport(options, server);
  const client: Record<string, unknown> = {};
  for (const [name, info] of Object.entries(server.models)) {
    client[name] = new ModelCalls(transport, info, server.batchPath);
  }
  if (Object.keys(server.auth).length > 0) client["auth"] = new AuthCalls(transport, server.auth).functions();
  client["request"] = (call: Call, of?: CallOptions) => transport.send({ ...call, isWrite: call.isWrite ?? call.method !== "GET" }, of);
  client["batch"] = (writes: readonly Write<unknown>[], of?: CallOptions) => batch(transport, server.batchPath, writes, of);
  return client as T;
}

async function batch(transport: Transport, path: string | null, writes: readonly Write<unknown>[], options: CallOptions | undefined): Promise<unknown[]> {
  if (path === null) {
    throw new PurlinError({ status: 0, code: "UNSUPPORTED", message: "this server has no batches" });
  }
  const parts = writes.map((write) => write.inBatch());
  if (parts.length === 0) return [];
  const call: Call = { method: "POST", path, body: { operations: parts.map((part) => part.operation) }, isWrite: true };
  const answer = await transport.send<{ data: unknown[] }>(call, options);
  return parts.map((part, index) => part.read(answer.data[index]));
}
