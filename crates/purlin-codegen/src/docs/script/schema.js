// JSON Schemas for people: a type in a few words, and a tree whose branches open on demand.

// The type as nodes, component names as links.
function typeOf(schema) {
  const name = referenceName(schema);
  if (name) return [element("a", { href: `#schema/${name}`, class: "type" }, name)];
  if (!schema || Object.keys(schema).length === 0) return ["any"];
  if (schema.const !== undefined) return [element("code", {}, JSON.stringify(schema.const))];
  if (schema.enum) return enumeration(schema.enum);
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices && !schema.properties) return alternatives(choices.map(typeOf));
  const types = [schema.type ?? "any"].flat();
  return alternatives(types.map((type) => simpleType(type, schema)));
}

function simpleType(type, schema) {
  if (type === "array" && schema.prefixItems) return ["[", join(schema.prefixItems.map(typeOf), ", "), "]"];
  if (type === "array") return [...wrapped(schema.items), "[]"];
  if (schema.contentSchema) return [...typeOf(schema.contentSchema), " as JSON text"];
  if (type === "string" && schema.format) return [schema.format];
  if (type === "string" && schema.contentEncoding) return [schema.contentEncoding];
  return [type];
}

function wrapped(items) {
  const type = typeOf(items);
  const isChoice = !referenceName(items) && (items?.anyOf ?? items?.oneOf ?? []).length > 1;
  return isChoice ? ["(", type, ")"] : type;
}

function alternatives(types) {
  return join(types, " | ");
}

function join(items, separator) {
  return items.flatMap((item, index) => (index ? [separator, item] : [item]));
}

function enumeration(values) {
  const shown = values.slice(0, 6).map((value) => element("code", {}, String(value)));
  return [...join(shown, " | "), ...(values.length > 6 ? [` | … (${values.length})`] : [])];
}

// What else a value must be.
function limitsOf(schema) {
  const limits = [];
  const add = (text, value) => value !== undefined && limits.push(`${text} ${value}`);
  const isNumber = [schema.type].flat().some((type) => type === "integer" || type === "number");
  const isWholeRange = schema.format === "int32" && schema.minimum === -(2 ** 31);
  // The ranges of types are no news.
  if (isNumber && !isWholeRange && Math.abs(schema.minimum ?? 0) < 2 ** 62) {
    add("≥", schema.minimum);
    if (schema.maximum < 2 ** 31 - 1) add("≤", schema.maximum);
  }
  add(">", schema.exclusiveMinimum);
  add("<", schema.exclusiveMaximum);
  limits.push(...sizes(schema.minLength, schema.maxLength, "characters"));
  if (!schema.prefixItems) limits.push(...sizes(schema.minItems, schema.maxItems, "items"));
  const patterns = [schema.pattern, ...(schema.allOf ?? []).map((part) => part.pattern)];
  const isBuiltIn = ["decimal", "int64"].includes(schema.format) || schema.contentEncoding;
  if (!isBuiltIn) patterns.filter((pattern) => pattern && pattern !== "\\S").forEach((pattern) => limits.push(`matches ${pattern}`));
  return limits;
}

// At least one is what everybody expects, so it is not said.
function sizes(least = 0, most, unit) {
  if (most !== undefined) return [least === most ? `${least} ${unit}` : `${least} to ${most} ${unit}`];
  return least > 1 ? [`at least ${least} ${unit}`] : [];
}

// The object below a schema, through references, lists and "or null".
function branchOf(schema) {
  const found = follow(schema);
  if (found.properties) return found;
  if (found.items) return branchOf(found.items);
  for (const choice of found.anyOf ?? found.oneOf ?? []) {
    const branch = branchOf(choice);
    if (branch) return branch;
  }
  return undefined;
}

// `isAnswer` marks what may be missing instead of what is needed, `isOpen` shows one level more at once.
function schemaTree(schema, { depth = 0, isAnswer = false, isOpen = false } = {}) {
  const branch = branchOf(schema);
  if (!branch) return element("p", { class: "plain" }, typeOf(schema), ...limitNodes(follow(schema)));
  const required = new Set(branch.required ?? []);
  const rows = Object.entries(branch.properties).map(([name, member]) =>
    memberRow(name, member, required.has(name), { depth, isAnswer, isOpen }),
  );
  const either = (branch.allOf ?? []).filter((part) => part.oneOf).map(eitherNote);
  return element("div", { class: "tree" }, rows.length ? rows : element("p", { class: "note" }, "No members."), either);
}

function memberRow(name, member, isRequired, { depth, isAnswer, isOpen }) {
  const found = follow(member);
  const head = [
    element("span", { class: "name" }, name),
    isRequired && !isAnswer && element("span", { class: "required" }, "required"),
    element("span", { class: "types" }, typeOf(member)),
    !isRequired && isAnswer && element("span", { class: "limit" }, "on request"),
    limitNodes(found),
  ];
  const text = member.description ?? (referenceName(member) ? undefined : found.description);
  const words = prose(text, "help");
  const hasBranch = depth < 12 && branchOf(member) !== undefined;
  if (!hasBranch) return element("div", { class: "member" }, element("div", { class: "head" }, head), words);
  // Branches are built when they open: references may go in circles.
  const details = element("details", { class: "member" }, element("summary", { class: "head" }, head), words);
  details.addEventListener("toggle", build);
  function build() {
    if (!details.open || details.dataset.built) return;
    details.dataset.built = "yes";
    details.append(schemaTree(member, { depth: depth + 1, isAnswer }));
  }
  if (isOpen) details.open = true;
  return details;
}

function limitNodes(schema) {
  return limitsOf(schema).map((limit) => element("span", { class: "limit" }, limit));
}

function eitherNote(part) {
  const ways = part.oneOf.map((way) => element("code", {}, (way.required ?? []).join(", ")));
  return element("p", { class: "help" }, "Needs ", join(ways, " or "), ".");
}
