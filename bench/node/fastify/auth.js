// HS256 by node:crypto with a key object made once.
import { createHmac, createSecretKey, timingSafeEqual } from "node:crypto";

const { JWT_SECRET, JWT_ISSUER, JWT_AUDIENCE } = process.env;
const key = createSecretKey(Buffer.from(JWT_SECRET));

const json = (part) => JSON.parse(Buffer.from(part, "base64url").toString());

// The user's id that a valid token names.
export function subjectOf(header) {
  if (header === undefined || !header.startsWith("Bearer ")) return null;
  const signatureDot = header.lastIndexOf(".");
  const payloadDot = header.indexOf(".");
  if (payloadDot < 0 || payloadDot === signatureDot) return null;
  const signature = Buffer.from(header.slice(signatureDot + 1), "base64url");
  const expected = createHmac("sha256", key).update(header.slice(7, signatureDot)).digest();
  if (signature.length !== expected.length || !timingSafeEqual(signature, expected)) return null;
  // The signature is ours: both parts are JSON that this key's owner wrote.
  if (json(header.slice(7, payloadDot)).alg !== "HS256") return null;
  const { sub, iss, aud, exp } = json(header.slice(payloadDot + 1, signatureDot));
  if (iss !== JWT_ISSUER || aud !== JWT_AUDIENCE || !(exp > Date.now() / 1000)) return null;
  return sub;
}
