// A body that a person can start from: what is required, and a little more.

const EXAMPLES = {
  "date-time": "2026-01-31T09:30:00.000Z",
  date: "2026-01-31",
  time: "09:30:00Z",
  email: "someone@example.com",
  uri: "https://example.com",
  decimal: "12.50",
  int64: "1",
};

function exampleOf(schema, depth = 0) {
  const found = follow(schema);
  if (found.const !== undefined) return found.const;
  if (found.enum) return found.enum.find((value) => value !== null) ?? null;
  const choices = found.anyOf ?? found.oneOf;
  if (choices && !found.properties) {
    return exampleOf(choices.find((choice) => follow(choice).type !== "null") ?? {}, depth);
  }
  const type = [found.type].flat().find((name) => name !== "null");
  switch (type) {
    case "object":
      return exampleObject(found, depth);
    case "array":
      return depth > 3 ? [] : (found.prefixItems ?? []).map((item) => exampleOf(item, depth + 1));
    case "integer":
    case "number":
      return exampleNumber(found);
    case "boolean":
      return true;
    case "string":
      return exampleText(found);
    default:
      return found.properties ? exampleObject(found, depth) : null;
  }
}

function exampleObject(schema, depth) {
  const object = {};
  if (depth > 3) return object;
  const names = Object.keys(schema.properties ?? {});
  const required = new Set(schema.required ?? []);
  for (const part of schema.allOf ?? []) {
    // One of the key's field or its relation: the first is the shorter to write.
    for (const name of part.oneOf?.[0]?.required ?? part.required ?? []) required.add(name);
  }
  if ((schema.minProperties ?? 0) > 0 && required.size === 0 && names.length > 0) required.add(names[0]);
  for (const name of names) {
    if (required.has(name)) object[name] = exampleOf(schema.properties[name], depth + 1);
  }
  return object;
}

function exampleNumber(schema) {
  if (schema.minimum > 0) return Math.ceil(schema.minimum);
  if (schema.exclusiveMinimum >= 0) return Math.floor(schema.exclusiveMinimum) + 1;
  return 1;
}

function exampleText(schema) {
  const known = EXAMPLES[schema.format];
  if (known) return known;
  const text = "text";
  return text.padEnd(Math.min(schema.minLength ?? 0, 80), "…").slice(0, schema.maxLength ?? undefined);
}

// For changes nothing is required, so the first plain fields are shown.
function exampleBody(schema, method) {
  if (method !== "patch") return exampleOf(firstForm(schema));
  const found = follow(schema);
  const object = {};
  for (const [name, member] of Object.entries(found.properties ?? {})) {
    if (name === "id" || Object.keys(object).length === 2) continue;
    object[name] = exampleOf(member, 1);
  }
  return object;
}

// Of "one or several" the one.
function firstForm(schema) {
  return (schema?.anyOf ?? [schema])[0];
}
