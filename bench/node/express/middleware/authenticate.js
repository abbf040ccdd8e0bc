// Verifies the bearer token and loads the user that it names, on every request.
import jwt from "jsonwebtoken";
import { config } from "../config.js";
import { unauthenticated } from "../errors.js";
import { usersRepository } from "../users/repository.js";

export async function authenticate(req, res, next) {
  const header = req.headers.authorization;
  if (!header?.startsWith("Bearer ")) throw unauthenticated();
  let claims;
  try {
    claims = jwt.verify(header.slice(7), config.jwt.key, {
      algorithms: ["HS256"],
      issuer: config.jwt.issuer,
      audience: config.jwt.audience,
    });
  } catch {
    throw unauthenticated();
  }
  const user = await usersRepository.findById(claims.sub);
  if (!user) throw unauthenticated();
  req.user = user;
  next();
}
