// One call: what it does, what goes in, what comes out. `try.js` adds the form beside it.

function callPage(call) {
  const { operation } = call;
  const head = element(
    "header",
    { class: "call" },
    element("h1", {}, operation.summary ?? call.id),
    element("p", { class: "address" }, methodBadge(call.method), pathNodes(call.path)),
    prose(operation.description),
    element("p", { class: "chips" }, element("span", { class: "chip" }, isOpen(operation) ? "token optional" : "token needed"), element("span", { class: "chip" }, call.id)),
  );
  const parts = [head, parameterSections(call), bodySection(call), responseSection(call)];
  return element("div", { class: "columns" }, element("article", {}, parts), tryPanel(call));
}

function pathNodes(path) {
  const parts = path.split(/(\{[^}]+\})/).filter(Boolean);
  return element("code", { class: "path" }, parts.map((part) => (part.startsWith("{") ? element("em", {}, part) : part)));
}

function parameterSections(call) {
  const { path, words, filters } = splitParameters(call.parameters);
  return [
    path.length > 0 && section("Path", path.map(parameterRow)),
    words.length > 0 && section("Page, order and selection", words.map(parameterRow)),
    filters.size > 0 && section("Filters", [
      element("p", { class: "help" }, "A field alone tests for equality; ", element("code", {}, "field[operator]"), " for the rest. Several filters must all hold."),
      [...filters].map(([field, tests]) => filterRow(field, tests)),
    ]),
  ];
}

function section(title, children) {
  return element("section", {}, element("h2", {}, title), children);
}

function parameterRow(parameter) {
  const schema = parameter.schema ?? {};
  const found = follow(schema);
  return element(
    "div",
    { class: "member" },
    element(
      "div",
      { class: "head" },
      element("span", { class: "name" }, parameter.name),
      parameter.required && element("span", { class: "required" }, "required"),
      element("span", { class: "types" }, typeOf(schema)),
      limitNodes(found),
    ),
    prose(parameter.description ?? found.description, "help"),
  );
}

function filterRow(field, tests) {
  const schema = tests[0].parameter.schema ?? {};
  const plain = schema.type === "array" ? schema.items : (schema.anyOf?.[0] ?? schema);
  const operators = tests.filter((test) => test.operator).map((test) => element("code", { class: "operator" }, test.operator));
  return element(
    "div",
    { class: "member" },
    element("div", { class: "head" }, element("span", { class: "name" }, field), element("span", { class: "types" }, typeOf(plain))),
    operators.length > 0 && element("div", { class: "operators" }, operators),
  );
}

function bodySection(call) {
  const schema = bodySchema(call.operation);
  if (!schema) return undefined;
  const takesSeveral = schema.anyOf?.some((form) => follow(form).type === "array");
  const title = element("p", { class: "help" }, "JSON: ", typeOf(firstForm(schema)), takesSeveral && ", or an array of them");
  return section("Body", [title, schemaTree(firstForm(schema))]);
}

function responseSection(call) {
  const entries = Object.entries(call.operation.responses ?? {});
  return section("Answers", entries.map(([status, response]) => responseRow(status, follow(response))));
}

function responseRow(status, response) {
  const schema = responseSchema(response);
  const isGood = status.startsWith("2");
  const head = [
    element("span", { class: `status ${isGood ? "good" : "bad"}` }, status),
    element("span", { class: "words" }, inlineCode(response.description ?? "")),
  ];
  const headers = Object.entries(response.headers ?? {}).map(([name, header]) =>
    element("p", { class: "help" }, element("code", {}, name), " ", follow(header).description),
  );
  const isShort = !schema && headers.length === 0;
  if (isShort) return element("div", { class: "response" }, element("div", { class: "head" }, head));
  return element("details", { class: "response", open: isGood }, element("summary", { class: "head" }, head), schema && schemaTree(schema, { isAnswer: true, isOpen: isGood }), headers);
}
