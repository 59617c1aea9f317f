#!/usr/bin/env python3
"""Writes sentencepiece.json beside itself: ids that the sentencepiece package gives for lines of real texts.

    pip install sentencepiece==0.2.3 && python3 Tests/Fixtures/Tokenization/make-sentencepiece.py ../shared/data
"""

import json
import pathlib
import sys

import sentencepiece

MODELS = ["sentencepiece/test_model.model", "sentencepiece/test_ja_model.model", "llama-2/tokenizer.model"]
LINES = [
    "", " ", "   ", "Hello World", " Hello  World ", "吾輩は猫である。名前はまだ無い。", "ｱｲｳｴｵ ① ㍿ ﬁ", "e\u0301 é", "tab\there", "a\u00a0b\u3000c",
    "222", "....", "a....", "\u2581x\u2581", "🙂👍🏽", "\u0000x", "x\ufffdy", "<s> </s> <unk>", "naïve Ångström", "ΑΒΓ абв עברית",
    "............................................................", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa....",
    "that I would willingly sacrifice everything, only I have nothing....\"",
]


def main():
    tokenizers = pathlib.Path(sys.argv[1]) / "tokenizers"
    out = []
    for model in MODELS:
        processor = sentencepiece.SentencePieceProcessor(model_file=str(tokenizers / model))
        # Long enough for the sums of scores to lose digits and to start again from zero.
        lines = LINES + (["a" * 13000 + "...."] if "ja_model" in model else [])
        out += [{"model": model, "text": line, "ids": processor.encode(line)} for line in lines]
    text = "[\n" + ",\n".join(json.dumps(case, ensure_ascii=False) for case in out) + "\n]\n"
    (pathlib.Path(__file__).parent / "sentencepiece.json").write_text(text)


main()
