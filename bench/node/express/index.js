// Starts the app in this process, or in WEB_CONCURRENCY workers that share the port.
import cluster from "node:cluster";
import { config } from "./config.js";

if (cluster.isPrimary && config.processes > 1) {
  for (let n = 0; n < config.processes; n++) cluster.fork();
  process.on("SIGTERM", () => {
    for (const worker of Object.values(cluster.workers)) worker.kill();
    process.exit(0);
  });
} else {
  const { app } = await import("./app.js");
  const server = app.listen(config.port, "127.0.0.1");
  process.on("SIGTERM", () => {
    server.close();
    process.exit(0);
  });
}
