#!/usr/bin/env python3
"""Makes the tiny random decoders of this folder, and for each one expected.json: the logits that transformers computes from it in
F32, and the tensors and keys that llama.cpp's converter makes of it.

    pip install torch transformers sentencepiece gguf
    python3 make.py PATH_TO_LLAMA_CPP [NAME ...]

A model has few tokens and small layers, but every trait of its family; the functions below say which. Weights are stored as BF16.
"""
import copy
import importlib.util
import io
import json
import pathlib
import shutil
import sys

import sentencepiece
import torch
import transformers
from safetensors.torch import save_file
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers

HERE = pathlib.Path(__file__).resolve().parent
specification = importlib.util.spec_from_file_location("checkpoints", HERE.parent / "Checkpoints" / "make.py")
checkpoints = importlib.util.module_from_spec(specification)
specification.loader.exec_module(checkpoints)

VOCABULARY, TOKENS = 64, 16
SIZES = dict(vocab_size=VOCABULARY, hidden_size=16, intermediate_size=24, num_hidden_layers=2, num_attention_heads=4,
             num_key_value_heads=2, max_position_embeddings=128, bos_token_id=1, eos_token_id=2, pad_token_id=0)


def save(folder, model, fused=False):
    """Random weights, small enough that logits are moderate, and norms that are not all alike."""
    torch.manual_seed(sum(folder.name.encode()))
    for name, parameter in model.named_parameters():
        scale = 0.2 if parameter.ndim == 1 else 1.5 / parameter.shape[-1] ** 0.5
        offset = 1 if "norm" in name and "Gemma" not in type(model).__name__ else 0
        parameter.data = (parameter.data.normal_(0, 1) * scale + offset).to(torch.bfloat16).float()
    if fused:
        model.config.architectures = [type(model).__name__]
        model.config.save_pretrained(folder)
        save_file({name: tensor.to(torch.bfloat16).contiguous() for name, tensor in model.state_dict().items()},
                  folder / "model.safetensors", {"format": "pt"})
    else:
        # A copy: the buffers of the model that computes the logits stay what they are in F32.
        copy.deepcopy(model).to(torch.bfloat16).save_pretrained(folder)
    (folder / "generation_config.json").unlink(missing_ok=True)


def edit_config(folder, change):
    """Rewrites config.json, for what earlier releases of transformers wrote."""
    members = json.loads((folder / "config.json").read_text())
    change(members)
    checkpoints.write_json(folder / "config.json", members)


def byte_level(folder, size=60):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(checkpoints.split(checkpoints.QWEN2))
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.train_from_iterator(checkpoints.TEXT[:1], trainers.BpeTrainer(vocab_size=size - 1, show_progress=False))
    tokenizer.add_special_tokens([AddedToken("<|endoftext|>", special=True, normalized=False)])
    tokenizer.save(str(folder / "tokenizer.json"))
    checkpoints.write_json(folder / "tokenizer_config.json", {
        "tokenizer_class": "PreTrainedTokenizerFast", "eos_token": "<|endoftext|>", "add_bos_token": False})


def pieces(folder):
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(checkpoints.TEXT[:1]), model_writer=model, model_type="bpe", vocab_size=48, character_coverage=1.0,
        normalization_rule_name="identity", hard_vocab_limit=False, minloglevel=2)
    (folder / "tokenizer.model").write_bytes(model.getvalue())
    checkpoints.write_json(folder / "tokenizer_config.json", {
        "tokenizer_class": "LlamaTokenizer", "bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>"})


def mixtral(folder):
    """Experts one by one, under Mixtral's names."""
    model = transformers.MixtralForCausalLM(transformers.MixtralConfig(
        **SIZES | dict(intermediate_size=24, num_local_experts=4, num_experts_per_tok=2)))
    save(folder, model)
    pieces(folder)
    return model


def qwen3moe(folder):
    """Many experts, weights that add up to one, heads of their own length."""
    model = transformers.Qwen3MoeForCausalLM(transformers.Qwen3MoeConfig(
        **SIZES, num_experts=10, num_experts_per_tok=3, moe_intermediate_size=8, norm_topk_prob=True, head_dim=12))
    save(folder, model)
    byte_level(folder)
    return model


def qwen3moe_mixed(folder):
    """A layer without experts between layers with them, weights that do not add up to one, experts stacked and fused."""
    model = transformers.Qwen3MoeForCausalLM(transformers.Qwen3MoeConfig(
        **SIZES | dict(num_hidden_layers=3), num_experts=4, num_experts_per_tok=2, moe_intermediate_size=16, norm_topk_prob=False,
        mlp_only_layers=[1], tie_word_embeddings=True))
    save(folder, model, fused=True)
    byte_level(folder)
    return model


def qwen2moe(folder):
    """An expert that all tokens go through, wider than the others and than the feed-forward length; experts stacked and fused."""
    model = transformers.Qwen2MoeForCausalLM(transformers.Qwen2MoeConfig(
        **SIZES, num_experts=6, num_experts_per_tok=2, moe_intermediate_size=16, shared_expert_intermediate_size=28))
    save(folder, model, fused=True)
    byte_level(folder)
    return model


def gemma(folder):
    """Heads of their own length, multi-query; the old name of the activation."""
    model = transformers.GemmaForCausalLM(transformers.GemmaConfig(**SIZES | dict(num_key_value_heads=1), head_dim=12))
    save(folder, model)
    edit_config(folder, lambda members: members.update(hidden_act="gelu", hidden_activation=None))
    pieces(folder)
    return model


def gemma2(folder):
    """Bounds that bite, a short window on every other layer."""
    model = transformers.Gemma2ForCausalLM(transformers.Gemma2Config(
        **SIZES | dict(num_hidden_layers=3), head_dim=8, query_pre_attn_scalar=8, sliding_window=6, attn_logit_softcapping=3.0,
        final_logit_softcapping=5.0, attn_implementation="eager"))
    save(folder, model)
    pieces(folder)
    return model


def gemma3(folder):
    """Seven layers, so that one sees everything; linear scaling there, bounded logits, in the configuration of transformers 4."""
    config = transformers.Gemma3TextConfig(
        **SIZES | dict(intermediate_size=16, num_hidden_layers=7, num_attention_heads=2, num_key_value_heads=1),
        head_dim=8, query_pre_attn_scalar=8, sliding_window=5, final_logit_softcapping=6.0, rope_parameters={
            "full_attention": {"rope_type": "linear", "factor": 8.0, "rope_theta": 1000000.0},
            "sliding_attention": {"rope_type": "default", "rope_theta": 10000.0}})
    model = transformers.Gemma3ForCausalLM(config)
    save(folder, model)

    def change(members):
        for name in ["rope_parameters", "layer_types", "_sliding_window_pattern"]:
            del members[name]
        members.update(rope_theta=1000000.0, rope_local_base_freq=10000.0, sliding_window_pattern=6,
                       rope_scaling={"rope_type": "linear", "factor": 8.0})
    edit_config(folder, change)
    pieces(folder)
    return model


def gemma3_image(folder):
    """The text part of a model with an image encoder: a scale, a pattern of windows and a base of its own."""
    model = transformers.Gemma3ForConditionalGeneration(transformers.Gemma3Config(
        text_config=SIZES | dict(
            num_hidden_layers=3, head_dim=8, query_pre_attn_scalar=20, sliding_window=4,
            layer_types=["full_attention", "sliding_attention", "sliding_attention"], rope_parameters={
                "full_attention": {"rope_type": "default", "rope_theta": 100000.0},
                "sliding_attention": {"rope_type": "default", "rope_theta": 500.0}}),
        vision_config=dict(hidden_size=4, intermediate_size=4, num_hidden_layers=1, num_attention_heads=1, image_size=8, patch_size=4)))
    save(folder, model)
    pieces(folder)
    return model


def phi3(folder):
    """Factors for short and long contexts, under the name of the first files; three quarters of a head turned."""
    half = 3
    model = transformers.Phi3ForCausalLM(transformers.Phi3Config(
        **SIZES | dict(hidden_size=32), original_max_position_embeddings=8, rope_parameters={
            "rope_type": "longrope", "rope_theta": 10000.0, "partial_rotary_factor": 0.75, "original_max_position_embeddings": 8,
            "short_factor": [1.0, 1.05, 1.3][:half], "long_factor": [1.1, 2.5, 7.0][:half]}))
    save(folder, model)

    def change(members):
        scaling = members.pop("rope_parameters")
        members.update(rope_theta=10000.0, partial_rotary_factor=0.75, rope_scaling={
            "type": "su", "short_factor": scaling["short_factor"], "long_factor": scaling["long_factor"]})
    edit_config(folder, change)
    pieces(folder)
    return model


def phi3_window(folder):
    """A sliding window, as many KV heads as heads, no scaling."""
    model = transformers.Phi3ForCausalLM(transformers.Phi3Config(
        **SIZES | dict(num_key_value_heads=4), sliding_window=6, original_max_position_embeddings=128))
    save(folder, model)
    pieces(folder)
    return model


def qwen2_window(folder):
    """A window on the upper layers only; YaRN with a constant of its own."""
    model = transformers.Qwen2ForCausalLM(transformers.Qwen2Config(
        **SIZES | dict(num_hidden_layers=3), use_sliding_window=True, sliding_window=5, max_window_layers=1, rope_parameters={
            "rope_type": "yarn", "rope_theta": 1000.0, "factor": 4.0, "original_max_position_embeddings": 8, "beta_fast": 4.0,
            "beta_slow": 0.5, "attention_factor": 1.3}, attn_implementation="eager"))
    save(folder, model)
    byte_level(folder)
    return model


def logits(model, tokens):
    model.eval()
    with torch.no_grad():
        rows = model(input_ids=torch.tensor([tokens])).logits[0].double()
    return [[float(f"{x:.8g}") for x in row] for row in rows.tolist()]


def main(llama_cpp, names):
    for make in [mixtral, qwen3moe, qwen3moe_mixed, qwen2moe, gemma, gemma2, gemma3, gemma3_image, phi3, phi3_window,
                 qwen2_window]:
        name = make.__name__.replace("_", "-")
        if names and name not in names:
            continue
        folder = HERE / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        model = make(folder)
        generator = torch.Generator().manual_seed(len(name))
        tokens = torch.randint(3, VOCABULARY, (TOKENS,), generator=generator).tolist()
        # Shorter and longer than phi3's original context.
        prompts = [{"tokens": part, "logits": logits(model, part)} for part in [tokens[:7], tokens]]
        result = {"prompts": prompts}
        # llama.cpp wants experts in every layer, and leaves windows of Qwen out.
        if make not in [qwen3moe_mixed, qwen2_window]:
            metadata, result["tensors"] = checkpoints.expected(folder, llama_cpp, "qwen2", "auto")
            architecture = metadata["general.architecture"][1]
            result["metadata"] = {key: value for key, value in metadata.items() if key.startswith(architecture + ".")}
        (folder / "expected.json").write_text(json.dumps(result, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]).resolve(), sys.argv[2:])
