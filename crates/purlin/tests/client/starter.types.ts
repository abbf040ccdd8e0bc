// What the types of sign-in say, in the client of the starter.
import { type Tokens, type User, createClient, webStorage } from "./client.ts";

type Is<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
function same<A, B>(..._holds: Is<A, B> extends true ? [] : [never]): void {}

const items = new Map<string, string>();
const storage = webStorage({
  getItem: (name) => items.get(name) ?? null,
  setItem: (name, value) => void items.set(name, value),
  removeItem: (name) => void items.delete(name),
});
const client = createClient({ tokens: storage, refresh: "cookie", onSignedOut: () => undefined });

export async function signIn(): Promise<void> {
  const { user, expiresIn } = await client.auth.login({ email: "ada@example.com", password: "a quiet long river" });
  same<typeof user, User>();
  same<typeof expiresIn, number>();
  const me = await client.auth.me();
  same<typeof me, User>();
  const changed = await client.auth.updateMe({ name: "Ada", bio: null });
  same<typeof changed, User>();
  const tokens = await client.auth.refresh();
  same<typeof tokens, Tokens | null>();
  await client.auth.logout();
  const sessions = await client.auth.listSessions();
  same<(typeof sessions)[number]["isCurrent"], boolean>();
  await client.auth.endSession("1");
  await client.auth.changePassword({ currentPassword: "a", newPassword: "b" }, { timeout: 1000 });
  // @ts-expect-error both are needed
  await client.auth.changePassword({ currentPassword: "a" });
  // @ts-expect-error a role is nothing that users give themselves
  await client.auth.register({ email: "a", password: "b", name: "c", role: "ADMIN" });
  // @ts-expect-error the password is never answered
  me.password;
}
