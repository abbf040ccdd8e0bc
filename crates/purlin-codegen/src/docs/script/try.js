// The form that sends a call.

function tryPanel(call) {
  const { path, words, filters } = splitParameters(call.parameters);
  const schema = bodySchema(call.operation);
  const inputs = { path: path.map(parameterInput), query: words.map(parameterInput), filters: [] };
  const filterList = element("div", { class: "filters" });
  const body = schema && element("textarea", { class: "body", rows: "9", spellcheck: "false", "aria-label": "Body", value: exampleJson(schema, call.method) });
  const problem = element("p", { class: "problem", role: "alert", hidden: true });
  const result = element("div", { class: "answer", "aria-live": "polite" });
  const button = element("button", { type: "submit", class: "send" }, "Send");

  function read() {
    const query = [...inputs.query, ...inputs.filters].map(({ name, input }) => [name(), input().value.trim()]);
    return buildRequest(call, {
      path: new Map(inputs.path.map(({ name, input }) => [name(), input().value.trim()])),
      query: query.filter(([, value]) => value !== ""),
      body: body?.value,
      token: document.getElementById("token").value.trim(),
    });
  }

  async function submit(event) {
    event.preventDefault();
    const mistake = findMistake(inputs.path, body);
    problem.hidden = !mistake;
    problem.textContent = mistake ?? "";
    if (mistake) return;
    button.disabled = true;
    replace(result, element("p", { class: "note" }, "Waiting…"));
    try {
      const answer = await send(read());
      replace(result, answerView(answer));
      keepToken(answer);
    } catch (error) {
      replace(result, element("p", { class: "problem" }, `No answer: ${error.message}`));
    } finally {
      button.disabled = false;
    }
  }

  const form = element(
    "form",
    { onsubmit: submit },
    inputs.path.map((field) => field.row),
    inputs.query.length > 0 && foldedWords(inputs.query),
    filters.size > 0 && filterAdder(filters, filterList, inputs.filters),
    body && element("label", { class: "field" }, element("span", {}, "Body"), body),
    problem,
    element("div", { class: "actions" }, button, copyButton("Copy as curl", () => asCurl(read()))),
  );
  return element("aside", { class: "try", "aria-label": "Try it" }, element("h2", {}, "Try it"), form, result);
}

function exampleJson(schema, method) {
  return JSON.stringify(exampleBody(schema, method), null, 2);
}

function findMistake(path, body) {
  const missing = path.find(({ input }) => input().value.trim() === "");
  if (missing) return `${missing.name()} is needed.`;
  if (!body) return undefined;
  try {
    JSON.parse(body.value);
    return undefined;
  } catch (error) {
    return `The body is not JSON: ${error.message}`;
  }
}

// Lists are given by commas, so their items are only suggested.
function parameterInput(parameter) {
  const schema = follow(parameter.schema ?? {});
  const isList = schema.type === "array";
  const { node, input } = valueInput(isList ? schema.items : schema, isList || parameter.in === "path");
  if (schema.contentSchema) input.placeholder = '{"field": "value"}';
  const row = element("label", { class: "field" }, element("span", {}, parameter.name), node);
  return { row, name: () => parameter.name, input: () => input };
}

let suggestions = 0;

// A choice where there is one, else text; `isFree` keeps text but suggests.
function valueInput(schema, isFree) {
  const found = withoutNull(follow(schema ?? {}));
  const isBoolean = [found.type].flat().includes("boolean");
  const choices = found.enum ?? (isBoolean ? ["true", "false"] : undefined);
  if (choices && !isFree) {
    const input = element("select", {}, ["", ...choices].map((value) => element("option", { value }, value)));
    return { node: input, input };
  }
  const hint = found.format ?? [found.type].flat().find((type) => type && type !== "null");
  const input = element("input", { type: "text", autocomplete: "off", spellcheck: "false", placeholder: hint });
  if (!choices) return { node: input, input };
  suggestions += 1;
  const options = choices.map((value) => element("option", { value }));
  const list = element("datalist", { id: `suggestions-${suggestions}` }, options);
  input.setAttribute("list", list.id);
  input.placeholder = `${choices[0]}, …`;
  return { node: element("span", {}, input, list), input };
}

// A value, or the word null: what is suggested are the values.
function withoutNull(schema) {
  const values = (schema.anyOf ?? []).filter((choice) => choice.const !== "null");
  return values.length === 1 ? follow(values[0]) : schema;
}

function foldedWords(fields) {
  const first = fields.filter(({ name }) => ["limit", "sort", "include"].includes(name()));
  const rest = fields.filter((field) => !first.includes(field));
  return [
    first.map((field) => field.row),
    rest.length > 0 && element("details", { class: "more" }, element("summary", {}, "More parameters"), rest.map((field) => field.row)),
  ];
}

function filterAdder(filters, list, active) {
  function add() {
    const fieldChoice = element("select", { "aria-label": "Field", onchange: refresh }, [...filters.keys()].map((name) => element("option", { value: name }, name)));
    const testChoice = element("select", { "aria-label": "Operator", onchange: refreshValue });
    const valuePlace = element("span", { class: "value" });
    let input;
    function refresh() {
      const tests = filters.get(fieldChoice.value);
      replace(testChoice, tests.map(({ operator }) => element("option", { value: operator }, operator || "=")));
      refreshValue();
    }
    function refreshValue() {
      const schema = follow(current().schema ?? {});
      const before = input?.value ?? "";
      const isList = schema.type === "array";
      const made = valueInput(isList ? schema.items : schema, isList);
      input = made.input;
      input.setAttribute("aria-label", "Value");
      if (before && input.tagName === "INPUT") input.value = before;
      replace(valuePlace, made.node);
    }
    function current() {
      return filters.get(fieldChoice.value).find(({ operator }) => operator === testChoice.value).parameter;
    }
    const entry = { name: () => current().name, input: () => input };
    const remove = element("button", { type: "button", class: "quiet remove", "aria-label": "Remove this filter", onclick: drop }, "×");
    function drop() {
      active.splice(active.indexOf(entry), 1);
      row.remove();
    }
    const row = element("div", { class: "filter" }, fieldChoice, testChoice, valuePlace, remove);
    refresh();
    active.push(entry);
    list.append(row);
    fieldChoice.focus();
  }
  return [list, element("button", { type: "button", class: "quiet add", onclick: add }, "+ Filter")];
}
