// The strongest plain Node on the same database: Fastify in one process, every statement prepared, answers written by
// compiled serialisers, tokens checked with a key object, the user's row read on every request.
import Fastify from "fastify";
import { handleError, notFound } from "./failures.js";

const app = Fastify({
  logger: false,
  ajv: { customOptions: { removeAdditional: false, coerceTypes: true, useDefaults: true } },
});

app.setErrorHandler(handleError);
app.setNotFoundHandler((request, reply) => notFound(reply));
app.decorateRequest("user", null);
app.get("/healthz", (request, reply) => reply.send({ status: "ok" }));

const routes = {
  file: () => import("./routes/embedded.js"),
  postgres: () => import("./routes/remote.js"),
  mysql: () => import("./routes/remote.js"),
}[process.env.DATABASE_URL.split(":")[0]];
(await routes()).register(app);

await app.listen({ port: Number(process.env.PORT), host: "127.0.0.1" });
process.on("SIGTERM", () => process.exit(0));
