#!/usr/bin/env python3
"""Makes a tiny decoder that embeds, as Qwen3-Embedding is saved: without the head and the name of what it sits on, the last token's
state, an end put behind each text. expected.json holds vectors that transformers computes in F32.

    pip install torch transformers sentencepiece gguf
    python3 make.py
"""
import importlib.util
import json
import pathlib
import shutil

import torch
import transformers
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, processors, trainers

HERE = pathlib.Path(__file__).resolve().parent
specification = importlib.util.spec_from_file_location("decoders", HERE.parent / "Decoders" / "make.py")
tiny = importlib.util.module_from_spec(specification)
specification.loader.exec_module(tiny)

TEXTS = ["the cat sat on the mat", "the dog sat on the log", "", "the", "mat cat dog"]


def tokenizer(folder):
    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.Sequence(tiny.checkpoints.split(tiny.checkpoints.QWEN2))
    made.decoder = decoders.ByteLevel()
    made.train_from_iterator(tiny.checkpoints.TEXT[:1], trainers.BpeTrainer(vocab_size=tiny.VOCABULARY - 1, show_progress=False))
    made.add_special_tokens([AddedToken("<|endoftext|>", special=True, normalized=False)])
    end = made.token_to_id("<|endoftext|>")
    made.post_processor = processors.TemplateProcessing(
        single="$A <|endoftext|>", pair="$A $B <|endoftext|>", special_tokens=[("<|endoftext|>", end)])
    made.save(str(folder / "tokenizer.json"))
    tiny.checkpoints.write_json(folder / "tokenizer_config.json", {
        "tokenizer_class": "PreTrainedTokenizerFast", "eos_token": "<|endoftext|>", "add_bos_token": False})
    return made


def main():
    folder = HERE / "qwen3"
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "1_Pooling").mkdir(parents=True)
    model = transformers.Qwen3Model(transformers.Qwen3Config(**tiny.SIZES, head_dim=12, tie_word_embeddings=True))
    tiny.save(folder, model)
    tiny.edit_config(folder, lambda members: members.update(architectures=["Qwen3ForCausalLM"]))
    names = ["Transformer", "Pooling", "Normalize"]
    tiny.checkpoints.write_json(folder / "modules.json", [
        {"idx": index, "name": str(index), "path": f"{index}_{name}" if index else "",
         "type": f"sentence_transformers.models.{name}"} for index, name in enumerate(names)])
    tiny.checkpoints.write_json(folder / "1_Pooling" / "config.json", {
        "word_embedding_dimension": 16, "pooling_mode_cls_token": False, "pooling_mode_mean_tokens": False,
        "pooling_mode_lasttoken": True})
    words = tokenizer(folder)
    model.eval()
    cases = []
    for text in TEXTS:
        ids = words.encode(text).ids
        with torch.no_grad():
            state = model(input_ids=torch.tensor([ids])).last_hidden_state[0, -1].double()
        cases.append({"text": text, "tokens": ids, "vector": [float(f"{x:.8g}") for x in (state / state.norm()).tolist()]})
    (HERE / "expected.json").write_text(json.dumps(cases, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
