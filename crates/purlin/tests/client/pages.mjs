// Serves this folder as the origin of a page, and says what the page tells: node pages.mjs
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";

const types = { html: "text/html", js: "text/javascript" };
const server = createServer(async (request, response) => {
  if (request.method === "POST") {
    let text = "";
    for await (const part of request) text += part;
    console.log(`result ${JSON.stringify(text)}`);
    return response.end();
  }
  const name = new URL(request.url, "http://page").pathname.slice(1);
  if (!["page.html", "page.js", "client.js"].includes(name)) return response.writeHead(404).end();
  response.writeHead(200, { "content-type": types[name.split(".")[1]] });
  response.end(await readFile(new URL(name, import.meta.url)));
});
server.listen(0, "localhost", () => console.log(`listens ${server.address().port}`));
