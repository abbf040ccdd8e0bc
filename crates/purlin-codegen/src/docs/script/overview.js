// The first page, and the pages of components.

function overviewPage() {
  const { info } = api.document;
  const groups = new Map();
  for (const call of api.calls) {
    if (!groups.has(call.tag)) groups.set(call.tag, []);
    groups.get(call.tag).push(call);
  }
  const docs = new Map((api.document.tags ?? []).map((tag) => [tag.name, tag.description]));
  const cards = [...groups].map(([name, calls]) =>
    element(
      "section",
      { class: "card" },
      element("h3", {}, name),
      prose(docs.get(name), "help"),
      element("ul", {}, calls.slice(0, 7).map((call) => element("li", {}, callLink(call)))),
      calls.length > 7 && element("p", { class: "help" }, `and ${calls.length - 7} more in the menu`),
    ),
  );
  return element(
    "article",
    { class: "overview" },
    element("h1", {}, info.title),
    prose(info.description),
    element(
      "p",
      {},
      `${api.calls.length} calls. `,
      "A token goes into the field above, also that of who signs in here, and is sent as ",
      element("code", {}, "Authorization: Bearer …"),
      "; it stays in this tab. For machines: ",
      element("a", { href: "/openapi.json" }, "/openapi.json"),
      ".",
    ),
    element("div", { class: "cards" }, cards),
  );
}

function schemaPage(name) {
  const schema = api.document.components?.schemas?.[name];
  if (!schema) return element("p", { class: "note" }, `There is no schema ${name}.`);
  return element(
    "article",
    {},
    element("h1", {}, name),
    prose(schema.description),
    branchOf(schema) ? schemaTree({ $ref: `#/components/schemas/${name}` }) : element("p", { class: "plain" }, typeOf(schema), limitNodes(schema)),
    schema.enum && schema.enum.length > 6 && element("p", {}, join(schema.enum.map((value) => element("code", {}, String(value))), " ")),
  );
}
