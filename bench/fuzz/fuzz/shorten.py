"""The document with what requests say cut short. It is recursive (a filter holds filters of related rows, an
include a whole query, a row the rows around it), and the generator, which unfolds it, would need minutes for
one. What is left is a part of what is described, so an answer that contradicts it contradicts the whole.
Answers are not generated, and stay as they are."""

import copy

SCHEMAS = "#/components/schemas/"
FLAT = "Flat"
# What a call may go one step further into: filters of related rows, and queries of what is included. Of rows inside of
# rows each has too many forms for a second step.
STEPS = ("Where", "Select", "Include")


def shortened(document):
    document = copy.deepcopy(document)
    schemas = document["components"]["schemas"]
    for parameter in _parameters(document):
        _spell_out(parameter)
    roots = set(_named(_requests(document)))
    rings = _rings(schemas, _reachable(schemas, roots))
    flats = {name: _flat(schemas[name], rings) for name in _reachable(schemas, roots)}
    steps = {name for name in rings if name.endswith(STEPS)}
    for name in flats:
        is_first = name in roots and name not in rings
        _turn(schemas[name], rings - steps if is_first else rings)
    schemas.update({name + FLAT: flat for name, flat in flats.items()})
    _spell_out_batches(document, schemas)
    return document


def _parameters(document):
    yield from document["components"]["parameters"].values()
    for methods in document["paths"].values():
        for call in methods.values():
            yield from call.get("parameters", []) if isinstance(call, dict) else call


def _spell_out(parameter):
    """JSON in a parameter, in the older form, which the generator knows how to fill."""
    schema = parameter.get("schema", {})
    if "contentSchema" in schema:
        del parameter["schema"]
        parameter["content"] = {schema["contentMediaType"]: {"schema": schema["contentSchema"]}}


def _spell_out_batches(document, schemas):
    """Operations of each model, with its own bodies in place of any object."""
    found = schemas.get("BatchOperation")
    if found is None:
        return
    parts = {
        "create": {"data": "Create"},
        "update": {"where": "Key", "data": "Update"},
        "updateMany": {"where": "Where", "data": "UpdateMany"},
        "upsert": {"where": "Key", "create": "Create", "update": "Update"},
        "delete": {"where": "Key"},
        "deleteMany": {"where": "Where"},
    }
    forms = []
    for operation, members in parts.items():
        for model in schemas["BatchCreate"]["properties"]["model"]["enum"]:
            names = {member: model + part + FLAT for member, part in members.items()}
            if all(name in schemas for name in names.values()):
                properties = {"op": {"const": operation}, "model": {"const": model}}
                properties |= {member: {"$ref": SCHEMAS + name} for member, name in names.items()}
                forms.append(
                    {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}
                )
    found.clear()
    found["anyOf"] = forms


def _requests(document):
    """The schemas of parameters and bodies, as calls name them."""
    yield from document["components"]["parameters"].values()
    for methods in document["paths"].values():
        for method, call in methods.items():
            if method == "parameters":
                yield call
            else:
                yield [call.get("parameters", []), call.get("requestBody", {})]


def _rings(schemas, names):
    """Those that lead back to themselves."""
    return {name for name in names if name in _reachable(schemas, set(_named(schemas[name])))}


def _reachable(schemas, names):
    found, left = set(), list(names)
    while left:
        name = left.pop()
        if name not in found:
            found.add(name)
            left.extend(_named(schemas[name]))
    return found


def _named(node):
    """The components that are named anywhere in it."""
    if isinstance(node, dict):
        if node.get("$ref", "").startswith(SCHEMAS):
            yield node["$ref"].removeprefix(SCHEMAS)
        for inner in node.values():
            yield from _named(inner)
    elif not isinstance(node, str):
        for inner in node if hasattr(node, "__iter__") else ():
            yield from _named(inner)


def _flat(schema, rings):
    """Without the members that lead into a ring."""
    schema = copy.deepcopy(schema)
    members = schema.get("properties", {})
    for name in [name for name, member in members.items() if not rings.isdisjoint(_named(member))]:
        del members[name]
    return schema


def _turn(node, rings):
    """References into rings become references to what is flat."""
    if isinstance(node, dict):
        name = node.get("$ref", "").removeprefix(SCHEMAS)
        if name in rings:
            node["$ref"] += FLAT
        for inner in node.values():
            _turn(inner, rings)
    elif isinstance(node, list):
        for inner in node:
            _turn(inner, rings)
