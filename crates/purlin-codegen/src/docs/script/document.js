// The OpenAPI document: loaded once, references followed, calls listed.

const METHODS = ["get", "post", "patch", "put", "delete"];
const api = { document: undefined, calls: [], byId: new Map() };

async function loadDocument() {
  const response = await fetch("/openapi.json", { headers: { accept: "application/json" } });
  if (!response.ok) throw new Error(`/openapi.json answered ${response.status}`);
  api.document = await response.json();
  for (const [path, item] of Object.entries(api.document.paths ?? {})) {
    for (const method of METHODS) {
      const operation = item[method];
      if (!operation) continue;
      const shared = item.parameters ?? [];
      const parameters = [...shared, ...(operation.parameters ?? [])].map(follow);
      const id = operation.operationId ?? `${method} ${path}`;
      const call = { id, method, path, operation, parameters, tag: operation.tags?.[0] ?? "Other" };
      api.calls.push(call);
      api.byId.set(id, call);
    }
  }
}

// What a reference stands for, with the words that stand beside it.
function follow(value) {
  let found = value;
  for (let steps = 0; found && typeof found.$ref === "string" && steps < 32; steps += 1) {
    const { $ref, ...beside } = found;
    const target = $ref.replace(/^#\//, "").split("/").reduce(step, api.document);
    found = { ...target, ...beside };
  }
  return found ?? {};
}

function step(node, part) {
  return node?.[part.replaceAll("~1", "/").replaceAll("~0", "~")];
}

// The name of the component that a reference points to.
function referenceName(schema) {
  return typeof schema?.$ref === "string" ? schema.$ref.split("/").pop() : undefined;
}

function bodySchema(operation) {
  return follow(operation.requestBody)?.content?.["application/json"]?.schema;
}

function responseSchema(response) {
  return response.content?.["application/json"]?.schema;
}

// `title[contains]` is the test `contains` of `title`; page words and relations are no filters.
const LIST_WORDS = new Set(["page", "limit", "cursor", "count", "sort", "fields", "include", "where", "search"]);

function splitParameters(parameters) {
  const path = parameters.filter((parameter) => parameter.in === "path");
  const query = parameters.filter((parameter) => parameter.in === "query");
  const words = query.filter((parameter) => LIST_WORDS.has(parameter.name));
  const filters = new Map();
  for (const parameter of query) {
    if (LIST_WORDS.has(parameter.name)) continue;
    const [, field, operator] = /^([^[]+)(?:\[(.+)\])?$/.exec(parameter.name) ?? [null, parameter.name];
    if (!filters.has(field)) filters.set(field, []);
    filters.get(field).push({ operator: operator ?? "", parameter });
  }
  return { path, words, filters };
}

function isOpen(operation) {
  const needed = operation.security ?? api.document.security ?? [];
  return needed.length === 0 || needed.some((way) => Object.keys(way).length === 0);
}
