"""The document with its request bodies cut short. They are recursive (a filter holds filters of related
rows, an include holds a whole query), and the generator, which unfolds them, would need minutes for one.
What is left is a part of what is described, so an answer that contradicts it contradicts the whole."""

import copy

SCHEMAS = "#/components/schemas/"


def shortened(document):
    document = copy.deepcopy(document)
    schemas = document["components"]["schemas"]
    models = [name.removesuffix("Where") for name in schemas if name.endswith("Where")]
    for model in models:
        where = schemas[f"{model}Where"]
        schemas[f"{model}WhereFlat"] = _without_references(where, "Where")
        arguments = schemas[f"{model}Arguments"]
        schemas[f"{model}ArgumentsFlat"] = _without_references(arguments, "Select", "Include")
    for model in models:
        for part in ("Where", "ArgumentsFlat", "Count"):
            if f"{model}{part}" in schemas:
                _turn(schemas[f"{model}{part}"], "Where", "WhereFlat")
        for part in ("Select", "Include"):
            if f"{model}{part}" in schemas:
                _turn(schemas[f"{model}{part}"], "Arguments", "ArgumentsFlat")
    for parameter in document["components"]["parameters"].values():
        _spell_out(parameter)
    return document


def _spell_out(parameter):
    """JSON in a parameter, in the older form, which the generator knows how to fill."""
    schema = parameter["schema"]
    if "contentSchema" in schema:
        del parameter["schema"]
        parameter["content"] = {schema["contentMediaType"]: {"schema": schema["contentSchema"]}}
        _turn(parameter, "Where", "WhereFlat")


def _without_references(schema, *parts):
    """Without the members that lead to such schemas."""
    schema = copy.deepcopy(schema)
    members = schema["properties"]
    for name in [name for name, member in members.items() if _leads_to(member, parts)]:
        del members[name]
    return schema


def _leads_to(node, parts):
    if isinstance(node, dict):
        reference = node.get("$ref", "")
        return reference.endswith(parts) or any(_leads_to(inner, parts) for inner in node.values())
    return isinstance(node, list) and any(_leads_to(inner, parts) for inner in node)


def _turn(node, old, new):
    """References to `…old` become references to `…new`."""
    if isinstance(node, dict):
        reference = node.get("$ref", "")
        if reference.startswith(SCHEMAS) and reference.endswith(old):
            node["$ref"] = reference.removesuffix(old) + new
        for inner in node.values():
            _turn(inner, old, new)
    elif isinstance(node, list):
        for inner in node:
            _turn(inner, old, new)
