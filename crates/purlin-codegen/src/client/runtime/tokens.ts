/** What signing in gives. */
export interface Tokens {
  accessToken: string;
  /** Missing where it is a cookie that no script can read. */
  refreshToken?: string;
}

/** Where tokens are kept: in memory, or wherever `get` and `set` reach. */
export interface TokenStorage {
  get(): Tokens | null | Promise<Tokens | null>;
  set(tokens: Tokens | null): void | Promise<void>;
}

/** Gone with the page. The safest place: what other scripts cannot name they cannot read. */
export function memoryStorage(): TokenStorage {
  let tokens: Tokens | null = null;
  return {
    get: () => tokens,
    set: (next) => {
      tokens = next;
    },
  };
}

/** In `localStorage` or `sessionStorage`: survives a reload, and every script of the page can read it. */
export function webStorage(storage: Pick<Storage, "getItem" | "setItem" | "removeItem">, name = "purlin"): TokenStorage {
  return {
    get: () => {
      try {
        return JSON.parse(storage.getItem(name) ?? "null") as Tokens | null;
      } catch {
        return null;
      }
    },
    set: (tokens) => {
      if (tokens === null) storage.removeItem(name);
      else storage.setItem(name, JSON.stringify(tokens));
    },
  };
}
