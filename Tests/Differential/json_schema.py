#!/usr/bin/env python3
"""Random JSON Schemas and random instances: what a schema compiled by `quern grammar match` accepts is what python-jsonschema does.

    pip install jsonschema
    Tests/Differential/json_schema.py [SCHEMAS] [SEED]

Schemas that quern refuses by name are counted and left out. `QUERN` names our program (`.build/release/quern` without it).
Ends with 1 at the first schemas that are judged otherwise, and prints them.
"""
import json
import os
import random
import subprocess
import sys
import tempfile

from jsonschema import Draft202012Validator

QUERN = os.environ.get("QUERN", ".build/release/quern")
NAMES = ["a", "b", "ab", "c", "é", 'q"', ""]
STRINGS = ["", "a", "b", "ab", "aab", "abc", "é", "日本", "x y", "😀", 'q"', "\\", "12", "a\nb"]
NUMBERS = [0, 1, 2, 3, 5, 10, -1, -7, 0.5, 1.0, 2.5, 0.1, 100, 1e3, -0.25]
PATTERNS = ["^a", "b$", "^a*b?$", "[0-9]+", "^.{2}$", "^(?!ab)", "a|é", "^[^b]*$", "^\\S+$", "^[a-z]{1,3}$"]


def value(rnd, depth=0):
    kind = rnd.randrange(8 if depth < 3 else 6)
    if kind == 0:
        return None
    if kind == 1:
        return rnd.choice([True, False])
    if kind in (2, 3):
        return rnd.choice(NUMBERS)
    if kind in (4, 5):
        return rnd.choice(STRINGS)
    if kind == 6:
        return [value(rnd, depth + 1) for _ in range(rnd.randrange(4))]
    return {name: value(rnd, depth + 1) for name in rnd.sample(NAMES, rnd.randrange(4))}


def schema(rnd, depth=0):
    if depth > 2 or rnd.random() < 0.08:
        return rnd.choice([True, True, False, {}, {"type": "string"}, {"type": "integer"}, {"$ref": "#/$defs/r"}])
    result = {}
    inner = lambda: schema(rnd, depth + 1)
    count = lambda: rnd.randrange(4)
    keywords = {
        "type": lambda: rnd.choice(
            ["string", "number", "integer", "boolean", "null", "array", "object", ["string", "null"], ["array", "object"]]),
        "enum": lambda: [value(rnd, 2) for _ in range(rnd.randrange(1, 4))],
        "const": lambda: value(rnd, 1),
        "minimum": lambda: rnd.choice(NUMBERS), "maximum": lambda: rnd.choice(NUMBERS),
        "exclusiveMinimum": lambda: rnd.choice(NUMBERS), "exclusiveMaximum": lambda: rnd.choice(NUMBERS),
        "multipleOf": lambda: rnd.choice([1, 2, 3, 0.5, 0.25, 10]),
        "minLength": count, "maxLength": count, "pattern": lambda: rnd.choice(PATTERNS),
        "items": inner, "prefixItems": lambda: [inner() for _ in range(rnd.randrange(1, 3))],
        "minItems": count, "maxItems": count, "uniqueItems": lambda: True,
        "contains": inner, "minContains": count, "maxContains": count,
        "properties": lambda: {name: inner() for name in rnd.sample(NAMES, rnd.randrange(1, 4))},
        "required": lambda: rnd.sample(NAMES, rnd.randrange(3)),
        "additionalProperties": inner, "propertyNames": inner,
        "patternProperties": lambda: {rnd.choice(PATTERNS): inner() for _ in range(rnd.randrange(1, 3))},
        "minProperties": count, "maxProperties": count,
        "dependentRequired": lambda: {rnd.choice(NAMES): rnd.sample(NAMES, 1)},
        "dependentSchemas": lambda: {rnd.choice(NAMES): inner()},
        "allOf": lambda: [inner() for _ in range(rnd.randrange(1, 3))],
        "anyOf": lambda: [inner() for _ in range(rnd.randrange(1, 4))],
        "oneOf": lambda: [inner() for _ in range(rnd.randrange(1, 4))],
        "not": inner, "if": inner, "then": inner, "else": inner,
        "unevaluatedProperties": inner,
    }
    weights = [6 if name in ("type", "properties", "items") else 0.4 if name.startswith("unevaluated") else 1 for name in keywords]
    for name in rnd.choices(list(keywords), weights, k=rnd.randrange(1, 5)):
        result[name] = keywords[name]()
    return result


def near(rnd, root, depth=0):
    """An instance that has a chance: of the types, names and constants that the schema mentions."""
    if not isinstance(root, dict) or depth > 3 or rnd.random() < 0.15:
        return value(rnd, depth)
    if "const" in root:
        return root["const"]
    if "enum" in root:
        return rnd.choice(root["enum"])
    for keyword in ("allOf", "anyOf", "oneOf"):
        if keyword in root and rnd.random() < 0.5:
            return near(rnd, rnd.choice(root[keyword]), depth + 1)
    kind = root.get("type")
    if isinstance(kind, list):
        kind = rnd.choice(kind)
    if kind == "object" or (kind is None and ("properties" in root or "required" in root)):
        result = {}
        properties = root.get("properties", {})
        for name in set(properties) | set(root.get("required", [])) | set(rnd.sample(NAMES, rnd.randrange(2))):
            if rnd.random() < 0.75:
                result[name] = near(rnd, properties.get(name, root.get("additionalProperties", {})), depth + 1)
        return result
    if kind == "array" or (kind is None and ("items" in root or "prefixItems" in root or "contains" in root)):
        parts = root.get("prefixItems", []) + [root.get("items", root.get("contains", {}))] * rnd.randrange(4)
        return [near(rnd, part, depth + 1) for part in parts[: rnd.randrange(5)]]
    if kind == "string" or "pattern" in root or "minLength" in root:
        return rnd.choice(STRINGS)
    if kind in ("number", "integer"):
        return rnd.choice(NUMBERS)
    return value(rnd, depth)


def main():
    total = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    refused = compared = accepted = 0
    failures = []
    with tempfile.TemporaryDirectory() as folder:
        for index in range(total):
            rnd = random.Random(seed * 1_000_003 + index)
            root = schema(rnd)
            if not isinstance(root, dict):
                continue
            root = {"$schema": "https://json-schema.org/draft/2020-12/schema", **root, "$defs": {"r": schema(rnd, 2)}}
            if "#/$defs/r" in json.dumps(root["$defs"]):
                root["$defs"]["r"] = {"type": "object", "properties": {"a": {"$ref": "#/$defs/r"}}}
            validator = Draft202012Validator(root)
            instances = [near(rnd, root) for _ in range(25)]
            with open(f"{folder}/schema.json", "w") as file:
                json.dump(root, file)
            with open(f"{folder}/instances.jsonl", "w") as file:
                for instance in instances:
                    file.write(json.dumps(instance, ensure_ascii=rnd.random() < 0.5) + "\n")
            expected = [validator.is_valid(instance) for instance in instances]
            command = [QUERN, "grammar", "match", f"{folder}/schema.json", "--instances", f"{folder}/instances.jsonl", "--json"]
            try:
                result = subprocess.run(command, capture_output=True, text=True, timeout=20)
            except subprocess.TimeoutExpired:
                failures.append((root, "takes more than 20 s", None))
                continue
            if result.returncode != 0:
                if "no instance satisfies" in result.stderr:
                    if any(expected):
                        failures.append((root, "is said to have no instance", instances[expected.index(True)]))
                elif any(word in result.stderr for word in ("cannot be enforced", "more than 256", "too many ways", "leads back to itself")):
                    refused += 1
                else:
                    failures.append((root, result.stderr.strip(), None))
                continue
            for instance, ours, theirs in zip(instances, json.loads(result.stdout)["accepted"], expected):
                compared += 1
                accepted += theirs
                if ours != theirs:
                    failures.append((root, f"accepted is {ours}, wanted {theirs}", instance))
                    break
    print(f"{total} schemas, {refused} refused, {compared} instances compared, {accepted} of them valid, {len(failures)} failures")
    for root, problem, instance in failures[:10]:
        print(json.dumps(root, ensure_ascii=False), "\n   ", problem, "\n   ", json.dumps(instance, ensure_ascii=False))
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
