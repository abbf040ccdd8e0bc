// In a browser, from another origin: signs in, reads and writes, keeps tokens over a reload, and tells the server of the
// page how it went.
import { PurlinError, createClient, webStorage } from "./client.js";

const api = new URLSearchParams(location.search).get("api");
const step = sessionStorage.getItem("step") ?? "first";
const expect = (holds, words) => {
  if (!holds) throw new Error(words);
};
const failed = (work) => work.then((value) => Promise.reject(new Error(`answered ${JSON.stringify(value)}`)), (error) => error);

/** Tokens in a place that outlives the page. */
async function first() {
  let refreshes = 0;
  const watched = (input, init) => {
    if (String(input).endsWith("/auth/refresh")) refreshes += 1;
    return fetch(input, init);
  };
  const storage = webStorage(localStorage);
  const client = createClient({ url: api, tokens: storage, fetch: watched });
  const { user } = await client.auth.register({ email: "page@example.com", password: "a quiet long river", name: "Page" });
  expect((await client.users.findUniqueOrThrow({ where: { id: user.id } })).name === "Page", "reads itself");
  expect((await client.auth.updateMe({ bio: "In a page." })).bio === "In a page.", "PATCH passes the preflight");
  const rows = [];
  for await (const row of client.users.iterate({ take: 1 })) rows.push(row);
  expect(rows.length === 1, "iterates");
  const invalid = await failed(client.auth.register({ email: "x", password: "y", name: "" }));
  expect(invalid instanceof PurlinError && invalid.code === "VALIDATION_ERROR" && invalid.fields.email.length > 0, `typed: ${invalid}`);
  expect(typeof invalid.requestId === "string", "the request id is readable");
  storage.set({ ...storage.get(), accessToken: "over" });
  await Promise.all([client.auth.me(), client.auth.me(), client.users.findMany()]);
  expect(refreshes === 1, `one refresh, not ${refreshes}`);
  const controller = new AbortController();
  const aborted = failed(client.users.findMany({}, { signal: controller.signal }));
  controller.abort();
  expect((await aborted).name === "AbortError", "aborts");
}

/** The page was loaded anew: still signed in. Then by a cookie that no script reads. */
async function second() {
  const client = createClient({ url: api, tokens: webStorage(localStorage) });
  expect((await client.auth.me()).email === "page@example.com", "signed in after a reload");
  await client.auth.logout();
  expect(localStorage.getItem("purlin") === null, "nothing is left");
  const cookies = createClient({ url: api, refresh: "cookie" });
  const answer = await cookies.auth.login({ email: "page@example.com", password: "a quiet long river" });
  expect(answer.refreshToken === undefined && document.cookie === "", "no script sees the refresh token");
}

/** Loaded once more: the cookie brings the session back. */
async function third() {
  const client = createClient({ url: api, refresh: "cookie" });
  expect((await failed(client.auth.me())).status === 401, "an access token is in memory alone");
  expect((await client.auth.refresh()) !== null, "the cookie is good");
  expect((await client.auth.me()).name === "Page", "signed in by the cookie");
  await client.auth.logout();
  expect((await client.auth.refresh()) === null, "the cookie is gone");
}

/** A page of an origin that the server does not list. */
async function stranger() {
  const error = await failed(createClient({ url: api, retries: 0 }).users.findMany());
  expect(error instanceof PurlinError && error.code === "NETWORK_ERROR", `not readable: ${error}`);
}

const steps = { first, second, third };
try {
  if (location.hostname !== "localhost") {
    await stranger();
    await fetch("/result", { method: "POST", body: "stranger: fine" });
  } else {
    await steps[step]();
    const next = { first: "second", second: "third" }[step];
    if (next === undefined) await fetch("/result", { method: "POST", body: "page: fine" });
    else {
      sessionStorage.setItem("step", next);
      location.reload();
    }
  }
} catch (error) {
  await fetch("/result", { method: "POST", body: `${step}: ${error?.stack ?? error}` });
}
