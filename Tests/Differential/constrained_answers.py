#!/usr/bin/env python3
"""Random JSON Schemas, answered by a model that is held to them: every answer that is complete is valid, says python-jsonschema.

    pip install jsonschema
    Tests/Differential/constrained_answers.py MODEL [SCHEMAS] [SEED]

Three answers for each schema, at temperatures 0, 1 and 2. A model of random weights will do, and is the harder test. Schemas that are
refused by name or have no instance are left out and made up for. `QUERN` names our program (`.build/release/quern` without it).
"""
import json
import os
import random
import subprocess
import sys
import tempfile

from jsonschema import Draft202012Validator

from json_schema import QUERN, schema


def main():
    model = sys.argv[1]
    wanted = int(sys.argv[2]) if len(sys.argv) > 2 else 500
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    done = complete = cut = index = 0
    failures = []
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/schema.json"
        while done < wanted:
            rnd = random.Random(seed * 1_000_003 + index)
            index += 1
            root = schema(rnd)
            if not isinstance(root, dict):
                continue
            root = {"$schema": "https://json-schema.org/draft/2020-12/schema", **root, "$defs": {"r": {"type": "array", "maxItems": 2}}}
            with open(path, "w") as file:
                json.dump(root, file)
            command = [QUERN, "grammar", "test", model, path, "-n", "3", "--predict", "96", "--seed", str(index), "--json"]
            for temperature in ("0", "1", "2"):
                command += ["--temperature", temperature]
            result = subprocess.run(command, capture_output=True, text=True, timeout=120)
            if not result.stdout:
                if not any(word in result.stderr for word in ("cannot be enforced", "no instance", "is not supported", "more than 256")):
                    failures.append((root, result.stderr.strip()))
                    done += 1
                continue
            done += 1
            validator = Draft202012Validator(root)
            for answer in json.loads(result.stdout)["list"]:
                if not answer["complete"]:
                    cut += 1
                    continue
                complete += 1
                try:
                    problem = next((error.message for error in validator.iter_errors(json.loads(answer["text"]))), None)
                except ValueError as error:
                    problem = str(error)
                if problem:
                    failures.append((root, f"{problem}: {answer['text']}"))
    print(f"{done} schemas, {complete} answers complete, {cut} cut off, {len(failures)} failures")
    for root, problem in failures[:10]:
        print(json.dumps(root, ensure_ascii=False), "\n   ", problem)
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
