#!/usr/bin/env python3
"""How many of ollama.com's own TEMPLATEs say what their models' Jinja templates say, and how many Jinja templates Quern converts.

    QUERN=.build/release/quern Benchmarks/template_mapping.py ../shared/data/templates/ollama-automap-half.json

Texts are compared, not tokens: the file holds templates without vocabularies. "plain" leaves out tools, thinking and pictures.
"""
import json
import os
import subprocess
import sys
import tempfile

quern = os.environ.get("QUERN", "quern")
plain = {
    "user", "system-user", "two-turns", "system-two-turns", "many-turns", "late-system", "empty-user", "empty-system",
    "empty-answer", "padded", "many-lines", "unicode", "braces", "special-tokens",
}


def run(*arguments):
    result = subprocess.run([quern, *arguments, "--json"], capture_output=True, text=True, timeout=60)
    return json.loads(result.stdout) if result.stdout else None


def summary(report):
    different = [case["name"] for case in report["cases"] if case["outcome"] == "different"]
    return report["proven"], not plain.intersection(different), different, [m["id"] for m in report["mistakes"]]


def main():
    models = json.load(open(sys.argv[1]))
    counts = {"mapped": [0, 0], "converted": [0, 0]}
    with tempfile.TemporaryDirectory() as folder:
        jinja, go = os.path.join(folder, "jinja"), os.path.join(folder, "go")
        for model in models:
            open(jinja, "w", newline="").write(model["gguf"])
            open(go, "w", newline="").write(model["ollama"]["template"])
            mapped = run("verify", "--jinja", jinja, "--go", go)
            converted = run("template", "convert", "--jinja", jinja)
            for name, report in (("mapped", mapped and mapped["comparison"]), ("converted", converted and converted["report"])):
                if not report:
                    print(f"{model['model']:32} {name:9} nothing to compare")
                    continue
                proven, plain_proven, different, mistakes = summary(report)
                counts[name][0] += proven
                counts[name][1] += plain_proven
                verdict = "proven" if proven else f"differs in {len(different)}: {', '.join(sorted(set(mistakes))[:4])}"
                print(f"{model['model']:32} {name:9} {verdict}")
    for name, (proven, plain_proven) in counts.items():
        print(f"{name}: {proven} of {len(models)} proven, {plain_proven} in plain conversations")


main()
