// The starter's client against a running server: node starter.mjs URL
import assert from "node:assert/strict";
import { PurlinError, createClient, fromBase64, memoryStorage, toBase64 } from "./client.js";

const url = process.argv[2];
const calls = [];
/** Keeps what was asked. */
const watched = async (input, init) => {
  const answer = await fetch(input, init);
  // A server that is too busy right now is asked again.
  if (answer.status !== 503) calls.push(`${init.method} ${new URL(input).pathname}`);
  return answer;
};
const asked = (name) => calls.filter((call) => call === name).length;
const tokens = memoryStorage();
let signedOut = 0;
const client = createClient({ url: `${url}/`, fetch: watched, tokens, onSignedOut: () => (signedOut += 1) });
const refused = async (work, expected) => {
  const error = await work.then(
    (value) => assert.fail(`answered ${JSON.stringify(value)}`),
    (reason) => reason,
  );
  assert(error instanceof PurlinError, String(error));
  assert.partialDeepStrictEqual?.({ ...error, message: error.message }, expected);
  for (const [name, value] of Object.entries(expected)) assert.deepEqual(error[name], value, `${name} of ${error}`);
  return error;
};

// Register, look at oneself, change the profile.
const { user } = await client.auth.register({ email: "ada@example.com", password: "a quiet long river", name: "Ada" });
assert.equal(user.email, "ada@example.com");
assert.equal(await client.auth.isSignedIn(), true);
assert.equal((await client.auth.me()).name, "Ada");
assert.equal((await client.auth.updateMe({ bio: "Writes." })).bio, "Writes.");
assert.equal((await client.users.findUniqueOrThrow({ where: { email: "ada@example.com" } })).id, user.id);
assert.deepEqual(await client.users.findMany({ select: { name: true } }), [{ name: "Ada" }]);
assert.equal((await client.auth.listSessions()).length, 1);

// Typed errors: every field at once, conflicts, what nobody may do.
const invalid = await refused(client.auth.register({ email: "no address", password: "short", name: "" }), { status: 400, code: "VALIDATION_ERROR" });
assert(invalid.fields.email?.length > 0 && invalid.fields.password?.length > 0, JSON.stringify(invalid.fields));
assert.equal(typeof invalid.requestId, "string");
await refused(client.users.create({ data: { email: "b@example.com", password: "a quiet long river", name: "B" } }), { status: 403, code: "FORBIDDEN" });
await refused(client.users.findMany({ where: { id: undefined } }), { status: 0, code: "BAD_REQUEST" });
await refused(client.users.findUnique({ where: {} }), { status: 0, code: "BAD_REQUEST" });
await refused(client.users.findUniqueOrThrow({ where: { id: "nobody" } }), { status: 404, code: "NOT_FOUND" });
assert.equal(await client.users.findUnique({ where: { id: "nobody" } }), null);

// A wrong password is no reason to refresh, nor to sign out.
await refused(client.auth.login({ email: "ada@example.com", password: "wrong" }), { status: 401, code: "UNAUTHENTICATED" });
assert.equal(asked("POST /api/auth/refresh"), 0);
assert.equal(signedOut, 0);

// An access token that is over: one refresh for many callers, each of whom is answered.
await tokens.set({ ...(await tokens.get()), accessToken: "over" });
const answers = await Promise.all(Array.from({ length: 8 }, () => client.auth.me()));
assert(answers.every((answer) => answer.id === user.id));
assert.equal(asked("POST /api/auth/refresh"), 1);
assert.notEqual((await tokens.get()).accessToken, "over");
// One who came late takes what the others have got.
const late = createClient({ url, fetch: watched, tokens: { get: () => tokens.get(), set: (next) => tokens.set(next) } });
assert.equal((await late.auth.me()).id, user.id);
assert.equal(asked("POST /api/auth/refresh"), 1);

// A refresh token that is over: signed out once, and every caller is told 401.
await tokens.set({ accessToken: "over", refreshToken: "over" });
const failures = await Promise.all(Array.from({ length: 3 }, () => client.auth.me().catch((error) => error)));
assert(failures.every((error) => error instanceof PurlinError && error.status === 401), String(failures));
assert.equal(signedOut, 1);
assert.equal(await tokens.get(), null);

// Sign in again, and out.
assert.equal((await client.auth.login({ email: "ada@example.com", password: "a quiet long river" })).user.id, user.id);
const left = await tokens.get();
await client.auth.logout();
assert.equal(await tokens.get(), null);
await refused(client.auth.me(), { status: 401, code: "UNAUTHENTICATED" });
await refused(createClient({ url, tokens: { get: () => left, set: () => {} } }).auth.me(), { status: 401 });
// Without the network too.
await client.auth.login({ email: "ada@example.com", password: "a quiet long river" });
const offline = createClient({ url: "http://127.0.0.1:9", tokens, retries: 0 });
await refused(offline.auth.logout(), { status: 0, code: "NETWORK_ERROR" });
assert.equal(await tokens.get(), null);

// An API key is a token that stays.
await client.auth.login({ email: "ada@example.com", password: "a quiet long river" });
const { key } = await client.auth.createApiKey({ name: "script", scopes: ["read"] });
assert.equal((await createClient({ url, token: key }).users.findFirstOrThrow()).id, user.id);
await refused(createClient({ url, token: "plk_wrong" }).auth.me(), { status: 401 });

// Abort: before, and on the way. The reason is the caller's.
const gone = new AbortController();
gone.abort(new Error("not needed"));
await assert.rejects(client.users.findMany({}, { signal: gone.signal }), /not needed/);
const never = (_input, init) => new Promise((_resolve, reject) => init.signal.addEventListener("abort", () => reject(new Error("aborted"))));
const soon = new AbortController();
const waiting = createClient({ url, fetch: never }).users.findMany({}, { signal: soon.signal }).then(() => assert.fail(), (error) => error);
soon.abort();
assert.equal((await waiting).name, "AbortError");
await refused(createClient({ url, fetch: never, retries: 0 }).users.findMany({}, { timeout: 5 }), { status: 0, code: "TIMEOUT" });

// Tries again: reads after a broken connection and after 503, writes only where they happen once.
const failing = (kinds) => {
  const seen = [];
  const flaky = async (input, init) => {
    seen.push({ method: init.method, key: init.headers["idempotency-key"] });
    const kind = kinds.shift();
    if (kind === "broken") throw new TypeError("fetch failed");
    if (kind === "busy") return new Response('{"error":{"code":"UNAVAILABLE","message":"later","requestId":"r"}}', { status: 503, headers: { "retry-after": "0" } });
    if (kind === "page") return new Response("<html>", { status: 502 });
    return fetch(input, init);
  };
  return [createClient({ url, fetch: flaky, tokens }), seen];
};
const [flaky, seen] = failing(["broken", "busy"]);
assert.equal((await flaky.users.findMany()).length, 1);
assert.equal(seen.length, 3);
const [dead, tried] = failing(["broken", "broken", "broken", "broken"]);
await refused(dead.users.findMany(), { code: "NETWORK_ERROR" });
assert.equal(tried.length, 3);
const [proxy] = failing(["page"]);
await refused(proxy.users.findMany(), { status: 502, code: "BAD_RESPONSE" });
const [writer, written] = failing(["broken"]);
const write = writer.users.update({ where: { id: user.id }, data: { bio: "Once." } });
const keys = new Set(written.map((call) => call.key));
if (written.some((call) => call.key !== undefined)) assert.equal(keys.size, 1);
await write.catch((error) => assert(["NETWORK_ERROR", "NOT_FOUND", "FORBIDDEN"].includes(error.code), String(error)));

const bytes = Uint8Array.from({ length: 70_000 }, (_, index) => index % 251);
assert.deepEqual(fromBase64(toBase64(bytes)), bytes);
console.log("starter: fine");
