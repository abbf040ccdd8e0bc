// From what stands in the form to a request, and from a request to a line for a shell.

function buildRequest(call, values) {
  const parts = call.path.split(/\{([^}]+)\}/);
  const path = parts.map((part, index) => (index % 2 ? pathValue(values.path.get(part)) : part)).join("");
  // Brackets, commas and colons are readable and safe in a query.
  const query = values.query.map(([name, value]) => `${readable(name)}=${readable(value)}`).join("&");
  const headers = {};
  if (values.token) headers.authorization = `Bearer ${values.token}`;
  if (values.body !== undefined) headers["content-type"] = "application/json";
  return { method: call.method.toUpperCase(), url: query ? `${path}?${query}` : path, headers, body: values.body };
}

// The fields of a composite key are joined by commas.
function pathValue(value) {
  return encodeURIComponent(value ?? "").replaceAll("%2C", ",");
}

function readable(text) {
  return encodeURIComponent(text).replace(/%(5B|5D|2C|3A|24)/g, (code) => decodeURIComponent(code));
}

function asCurl(request) {
  const words = ["curl"];
  if (request.method !== "GET") words.push("-X", request.method);
  words.push(quoted(new URL(request.url, location.origin).href.replace(/%7B|%7D/g, decodeURIComponent)));
  for (const [name, value] of Object.entries(request.headers)) words.push("-H", quoted(`${name}: ${value}`));
  if (request.body !== undefined) words.push("-d", quoted(request.body));
  // Curl would take brackets for ranges.
  if (/[[\]{}]/.test(request.url)) words.splice(1, 0, "-g");
  return words.join(" ");
}

function quoted(text) {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

async function send(request) {
  const started = performance.now();
  const response = await fetch(request.url, {
    method: request.method,
    headers: request.headers,
    body: request.body,
    credentials: "omit",
    redirect: "manual",
  });
  const text = await response.text();
  const milliseconds = performance.now() - started;
  return { status: response.status, headers: [...response.headers], text, milliseconds };
}
