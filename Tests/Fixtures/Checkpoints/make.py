#!/usr/bin/env python3
"""Makes the tiny random checkpoints of this folder, and expected.json from llama.cpp's own converter.

    pip install torch transformers sentencepiece gguf
    python3 make.py PATH_TO_LLAMA_CPP

Each checkpoint has a trait or more that a converter can get wrong; see the functions below. llama.cpp recognises
pre-tokenizers by a hash of the token ids of a sample text and so knows none of these vocabularies: its look-up is replaced by
the name that each of them has by construction. Digests are FNV-1a, 64 bits.
"""
import io
import json
import pathlib
import shutil
import struct
import sys
import tempfile

import sentencepiece
import torch
from safetensors.torch import load_file, save_file
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import (AutoModel, AutoTokenizer, BertConfig, BertForMaskedLM, DistilBertConfig, DistilBertModel, LlamaConfig, LlamaForCausalLM, MistralConfig, MistralForCausalLM, Qwen2Config, Qwen2ForCausalLM,
                          Qwen3Config, Qwen3ForCausalLM)

HERE = pathlib.Path(__file__).resolve().parent
TEXT = ["the cat sat on the mat and the dog sat on the log", "Why is the sky blue? Because air scatters sunlight, 1234 times.",
        "naïve café, ünïcödé; 世界 你好 🙂", "def f(x):\n    return x + 1\n\n\n# don't, can't, we'll"]
LLAMA3 = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")
QWEN2 = LLAMA3.replace(r"\p{N}{1,3}", r"\p{N}")


def byte_level(folder, steps, vocabulary, special, config, post=None):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(steps)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    tokenizer.train_from_iterator(
        TEXT, trainers.BpeTrainer(vocab_size=vocabulary, initial_alphabet=alphabet, show_progress=False))
    for text, is_special in special:
        token = AddedToken(text, special=is_special, normalized=False)
        tokenizer.add_special_tokens([token]) if is_special else tokenizer.add_tokens([token])
    if post:
        tokenizer.post_processor = post(tokenizer)
    tokenizer.save(str(folder / "tokenizer.json"))
    write_json(folder / "tokenizer_config.json", {"tokenizer_class": "PreTrainedTokenizerFast", **config})


def split(pattern):
    return [pre_tokenizers.Split(Regex(pattern), behavior="isolated", invert=False),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)]


def write_json(path, value):
    path.write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n")


def save(model, folder, dtype, **options):
    torch.manual_seed(7)
    for parameter in model.parameters():
        parameter.data.normal_(0, 0.5)
    model.to(dtype).save_pretrained(folder, **options)
    (folder / "generation_config.json").unlink(missing_ok=True)


def llama(folder):
    """Llama 3.1's rope factors, biases everywhere, heads of their own length, a list of ends, an old inv_freq buffer, BF16."""
    config = LlamaConfig(
        vocab_size=300, hidden_size=16, intermediate_size=24, num_hidden_layers=2, num_attention_heads=2, num_key_value_heads=1,
        head_dim=64, attention_bias=True, mlp_bias=True, max_position_embeddings=131072, rms_norm_eps=1e-5, bos_token_id=290,
        eos_token_id=[291, 292], rope_parameters={
            "rope_theta": 500000.0, "rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
            "original_max_position_embeddings": 8192})
    save(LlamaForCausalLM(config), folder, torch.bfloat16)
    weights = load_file(folder / "model.safetensors")
    weights["model.layers.0.self_attn.rotary_emb.inv_freq"] = torch.arange(32, dtype=torch.float32)
    save_file(weights, folder / "model.safetensors", {"format": "pt"})
    ends = lambda tokenizer: processors.TemplateProcessing(
        single="<|begin|> $A", pair="<|begin|> $A $B:1", special_tokens=[("<|begin|>", tokenizer.token_to_id("<|begin|>"))])
    byte_level(folder, split(LLAMA3), 290, [("<|begin|>", True), ("<|end|>", True), ("<|eot|>", True), ("<tool>", False)],
               {"bos_token": "<|begin|>", "eos_token": "<|end|>", "chat_template": [
                   {"name": "default", "template": "{{ messages }}"}, {"name": "tool_use", "template": "{{ tools }}"}]}, ends)
    write_json(folder / "generation_config.json", {
        "do_sample": True, "temperature": 0.6, "top_p": 0.9, "top_k": 40, "repetition_penalty": 1.05,
        "bos_token_id": 290, "eos_token_id": [291, 292]})
    return "llama-bpe"


def mistral(folder):
    """SentencePiece's tokenizer.model with added tokens, a window, linear rope scaling, F16, the configuration of transformers 4."""
    config = MistralConfig(
        vocab_size=304, hidden_size=16, intermediate_size=24, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2,
        sliding_window=24, max_position_embeddings=512, tie_word_embeddings=False, bos_token_id=1, eos_token_id=2)
    save(MistralForCausalLM(config), folder, torch.float16)
    members = json.loads((folder / "config.json").read_text())
    del members["rope_parameters"]
    members["torch_dtype"] = members.pop("dtype")
    members["rope_theta"] = 10000.0
    members["rope_scaling"] = {"type": "linear", "factor": 2.0}
    write_json(folder / "config.json", members)
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(TEXT[:2]), model_writer=model, model_type="bpe", vocab_size=300, byte_fallback=True,
        character_coverage=1.0, normalization_rule_name="identity", hard_vocab_limit=False, minloglevel=2)
    (folder / "tokenizer.model").write_bytes(model.getvalue())
    write_json(folder / "added_tokens.json", {"[TOOL]": 301})
    write_json(folder / "tokenizer_config.json", {
        "tokenizer_class": "LlamaTokenizer", "add_bos_token": True, "add_eos_token": False, "bos_token": "<s>", "eos_token": "</s>",
        "unk_token": "<unk>", "added_tokens_decoder": {
            str(id): {"content": text, "special": special} for id, text, special in
            [(0, "<unk>", True), (1, "<s>", True), (2, "</s>", True), (302, "<|user|>", False)]}})
    return "default"


def qwen2(folder):
    """Biases on q, k, v only, tied embeddings, a vocabulary shorter than the embeddings, YaRN, ids that disagree, BF16."""
    config = Qwen2Config(
        vocab_size=310, hidden_size=16, intermediate_size=24, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2,
        tie_word_embeddings=True, max_position_embeddings=4096, bos_token_id=299, eos_token_id=299, rope_parameters={
            "rope_theta": 1000000.0, "rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 1024})
    save(Qwen2ForCausalLM(config), folder, torch.bfloat16)
    byte_level(folder, split(QWEN2), 299, [("<|endoftext|>", True), ("<|im_start|>", True), ("<|im_end|>", True)],
               {"add_bos_token": False, "bos_token": None, "eos_token": "<|im_end|>", "pad_token": "<|endoftext|>",
                "chat_template": "{{ messages }}"}, lambda _: processors.ByteLevel(trim_offsets=False))
    return "qwen2"


def qwen3(folder):
    """Norms on heads of their own length, two shards with an index, F32, chat_template.jinja."""
    config = Qwen3Config(
        vocab_size=280, hidden_size=16, intermediate_size=24, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2,
        head_dim=16, tie_word_embeddings=False, max_position_embeddings=2048, bos_token_id=276, eos_token_id=278)
    save(Qwen3ForCausalLM(config), folder, torch.float32, max_shard_size="40KB")
    byte_level(folder, split(QWEN2), 276, [("<|endoftext|>", True), ("<|im_start|>", True), ("<|im_end|>", True), ("<think>", False)],
               {"eos_token": "<|im_end|>", "pad_token": "<|endoftext|>", "add_prefix_space": False})
    (folder / "chat_template.jinja").write_text("{{ messages[0].content }}\n")
    return "qwen2"


# Encoders: their vectors, by transformers and the pooling that modules.json asks for, go into embeddings.json.

PIECES = ("the cat sat on mat and dog log why is sky blue un ##aff ##able ##s ##ing ecole naive cafe привет мир 世 界 你 好 안 ! ? , . ' $ "
          "( ) 1 2 ##3 4 ᄉ ##ᅦ ##ᄀ ##ᅨ ह ##ि ##न ##द ##ी ß x ##x École Cat").split()
SENTENCES = ["The cat sat on the mat.", "", "  ", "unaffable cats, unaffable DOGS", "Naïve café; École!", "Привет, мир! 世界你好",
             "why (is) the sky blue? $12", "세계", "हिन्दी", "[MASK] the [SEP] cat", "x" * 101, "x" * 100, "the cat sat on the mat. " * 40]


def word_pieces(folder, lowercase, **config):
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    vocabulary = {text: id for id, text in enumerate(special + PIECES)}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]", max_input_chars_per_word=100))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=lowercase)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    tokenizer.add_special_tokens([AddedToken(text, special=True, normalized=False) for text in special])
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 2), ("[SEP]", 3)])
    tokenizer.save(str(folder / "tokenizer.json"))
    names = {f"{role.lower()}_token": f"[{role}]" for role in ["PAD", "UNK", "CLS", "SEP", "MASK"]}
    write_json(folder / "tokenizer_config.json", {"tokenizer_class": "PreTrainedTokenizerFast", **names, **config})
    return len(vocabulary)


def modules(folder, pooling, normalizes):
    kinds = ["Transformer", "Pooling"] + ["Normalize"] * normalizes
    paths = ["", "1_Pooling", "2_Normalize"]
    write_json(folder / "modules.json", [
        {"idx": index, "name": str(index), "path": path, "type": f"sentence_transformers.models.{kind}"}
        for index, (kind, path) in enumerate(zip(kinds, paths))])
    (folder / "1_Pooling").mkdir()
    write_json(folder / "1_Pooling/config.json", pooling)


def bert(folder):
    """A model with its training's head, so with prefixes; norms named as in TensorFlow; an I64 buffer; first-token pooling, F16."""
    size = word_pieces(folder, lowercase=True)
    config = BertConfig(
        vocab_size=size, hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=4,
        max_position_embeddings=48, type_vocab_size=2)
    save(BertForMaskedLM(config), folder, torch.float16)
    weights = load_file(folder / "model.safetensors")
    weights = {name.replace("LayerNorm.weight", "LayerNorm.gamma").replace("LayerNorm.bias", "LayerNorm.beta"): tensor
               for name, tensor in weights.items()}
    weights["bert.embeddings.position_ids"] = torch.arange(48).reshape(1, 48)
    weights["bert.pooler.dense.weight"] = torch.zeros(32, 32)
    save_file(weights, folder / "model.safetensors", {"format": "pt"})
    modules(folder, {"pooling_mode_cls_token": True, "pooling_mode_mean_tokens": False}, normalizes=True)
    return "default"


def distilbert(folder):
    """No modules.json, a cased vocabulary, F32."""
    size = word_pieces(folder, lowercase=False)
    config = DistilBertConfig(vocab_size=size, dim=32, hidden_dim=64, n_layers=2, n_heads=4, max_position_embeddings=48)
    save(DistilBertModel(config), folder, torch.float32)
    return "default"


def nomic_bert(folder):
    """The original's configuration and names, mean pooling by its newer key, F32."""
    from transformers import NomicBertConfig, NomicBertModel
    size = word_pieces(folder, lowercase=True)
    config = NomicBertConfig(
        vocab_size=size, hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=4,
        max_position_embeddings=2048, rope_parameters={"rope_theta": 1000.0, "rope_type": "default"})
    save(NomicBertModel(config), folder, torch.float32)
    weights = load_file(folder / "model.safetensors")
    assert "encoder.layers.0.attn.Wqkv.weight" in weights, sorted(weights)
    write_json(folder / "config.json", {
        "architectures": ["NomicBertModel"], "model_type": "nomic_bert", "activation_function": "swiglu", "causal": False,
        "layer_norm_epsilon": 1e-12, "max_trained_positions": 2048, "mlp_fc1_bias": False, "mlp_fc2_bias": False, "n_embd": 32,
        "n_head": 4, "n_inner": 64, "n_layer": 2, "n_positions": 8192, "prenorm": False, "qkv_proj_bias": False,
        "rotary_emb_base": 1000, "rotary_emb_fraction": 1.0, "rotary_emb_interleaved": False, "rotary_emb_scale_base": None,
        "type_vocab_size": 2, "vocab_size": size,
        # The same in the dialect that llama.cpp reads through transformers.
        "hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4, "head_dim": 8,
        "max_position_embeddings": 2048})
    modules(folder, {"pooling_mode": "mean"}, normalizes=False)
    # What transformers itself would have written, for the vectors.
    config.architectures = ["NomicBertModel"]
    return "default", NomicBertModel.from_pretrained(folder, config=config)


def vectors(folder, pooling, model=None):
    """A vector of length one for each sentence."""
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = (model or AutoModel.from_pretrained(folder)).double().eval()
    length = min(model.config.max_position_embeddings, 512)
    results = []
    for sentence in SENTENCES:
        ids = tokenizer(sentence, truncation=True, max_length=length).input_ids
        with torch.no_grad():
            states = model(torch.tensor([ids])).last_hidden_state[0]
        vector = states[0] if pooling == "cls" else states.mean(0)
        results.append({"text": sentence, "ids": ids, "vector": [float(f"{x:.8g}") for x in vector / vector.norm()]})
    return results


def fnv(data):
    digest = 0xCBF29CE484222325
    for byte in data:
        digest = (digest ^ byte) * 0x100000001B3 % 2**64
    return f"{digest:016x}"


def expected(folder, llama_cpp, pre_tokenizer, output_type):
    sys.path[:0] = [str(llama_cpp), str(llama_cpp / "gguf-py")]
    import convert_hf_to_gguf
    from conversion.base import TextModel
    from gguf import GGUFReader, GGUFValueType
    TextModel.get_vocab_base_pre = lambda self, tokenizer: pre_tokenizer
    with tempfile.TemporaryDirectory() as temporary:
        path = f"{temporary}/model.gguf"
        sys.argv = ["convert", str(folder), "--outfile", path, "--outtype", output_type]
        convert_hf_to_gguf.main()
        reader = GGUFReader(path)
        metadata = {}
        for key, field in reader.fields.items():
            if key.startswith("GGUF."):
                continue
            kinds = [kind.name.lower() for kind in field.types]
            value = field.contents()
            if kinds[0] == "array":
                elements = {"string": lambda s: struct.pack("<Q", len(s.encode())) + s.encode(), "float32": lambda f: struct.pack("<f", f)}
                encode = elements.get(kinds[1], lambda i: struct.pack("<i", i))
                value = f"{len(value)} {fnv(b''.join(encode(element) for element in value))}"
            metadata[key] = ["-".join(kinds), value]
        tensors = {tensor.name: [tensor.tensor_type.name, [int(extent) for extent in tensor.shape], fnv(tensor.data.tobytes())]
                   for tensor in reader.tensors}
    return metadata, tensors


def main(llama_cpp):
    results, embeddings = {}, {}
    for make in [llama, mistral, qwen2, qwen3, bert, distilbert, nomic_bert]:
        folder = HERE / make.__name__
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        pre_tokenizer, model = made if isinstance(made := make(folder), tuple) else (made, None)
        if "bert" in folder.name:
            embeddings[folder.name] = vectors(folder, "cls" if make is bert else "mean", model)
        result = results[make.__name__] = {"file_types": {}, "tensors": {}}
        for output_type in ["auto", "f32", "f16", "bf16"]:
            metadata, tensors = expected(folder, llama_cpp, pre_tokenizer, output_type)
            result["file_types"][output_type] = metadata.pop("general.file_type")[1]
            result["tensors"][output_type] = tensors
            result["metadata"] = metadata
    (HERE / "expected.json").write_text(lines(results) + "\n")
    write_json(HERE / "embeddings.json", embeddings)


def lines(value, depth=0):
    """JSON with an entry a line down to the tensors and keys, which have a line each."""
    if not isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    entries = (f"{json.dumps(key, ensure_ascii=False)}: {lines(member, depth + 1)}" for key, member in value.items())
    return "{\n" + ",\n".join(" " * (depth + 1) + entry for entry in entries) + "\n" + " " * depth + "}"


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
