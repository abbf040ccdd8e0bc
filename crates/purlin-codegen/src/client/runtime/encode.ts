import { PurlinError, isObject } from "./error.ts";

/** Any JSON value. */
export type JsonValue = string | number | boolean | null | JsonValue[] | { [name: string]: JsonValue };

/** A body: dates become ISO 8601, bigint a string, bytes base64. */
export function encode(body: unknown): string {
  refuseUndefined(body, "", false);
  return JSON.stringify(body, function (this: Record<string, unknown>, name: string, value: unknown) {
    // What `toJSON` has changed already stands in `value`.
    const original = this[name];
    if (typeof original === "bigint") return original.toString();
    if (original instanceof Uint8Array) return toBase64(original);
    if (original instanceof Date) return original.toISOString();
    return value;
  });
}

/** A value of a filter that is undefined is a mistake elsewhere: left out, it would match every row. */
function refuseUndefined(value: unknown, path: string, isFilter: boolean): void {
  if (Array.isArray(value)) {
    value.forEach((item, index) => refuseUndefined(item, `${path}[${index}]`, isFilter));
  } else if (isObject(value) && !(value instanceof Uint8Array) && !(value instanceof Date)) {
    for (const [name, member] of Object.entries(value)) {
      const inside = path === "" ? name : `${path}.${name}`;
      if (member === undefined && isFilter) {
        throw new PurlinError({
          status: 0,
          code: "BAD_REQUEST",
          message: `${inside} is undefined: leave it out, or write null for what has no value`,
        });
      }
      refuseUndefined(member, inside, isFilter || name === "where");
    }
  }
}

export function toBase64(bytes: Uint8Array): string {
  let text = "";
  for (let start = 0; start < bytes.length; start += 0x8000) {
    text += String.fromCharCode(...bytes.subarray(start, start + 0x8000));
  }
  return btoa(text);
}

export function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
