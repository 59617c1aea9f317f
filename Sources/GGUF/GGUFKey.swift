/// Names of metadata keys, spelled as in files. Source: the GGUF specification and llama.cpp's `gguf-py/gguf/constants.py`.
public enum GGUFKey {
    // General.
    public static let architecture = "general.architecture"
    public static let type = "general.type"
    public static let name = "general.name"
    public static let basename = "general.basename"
    public static let finetune = "general.finetune"
    public static let sizeLabel = "general.size_label"
    public static let license = "general.license"
    public static let fileType = "general.file_type"
    public static let quantizationVersion = "general.quantization_version"
    public static let alignment = "general.alignment"
    public static let parameterCount = "general.parameter_count"

    // Adapters.
    public static let adapterType = "adapter.type"
    public static let adapterAlpha = "adapter.lora.alpha"
    public static let adapterInvocationTokens = "adapter.alora.invocation_tokens"

    // Shards of a split file.
    public static let splitNumber = "split.no"
    public static let splitCount = "split.count"
    public static let splitTensorCount = "split.tensors.count"
    public static let splitKeys = [splitNumber, splitCount, splitTensorCount]

    // The tokenizer.
    public static let tokenizerModel = "tokenizer.ggml.model"
    public static let tokenizerPre = "tokenizer.ggml.pre"
    public static let tokens = "tokenizer.ggml.tokens"
    public static let tokenTypes = "tokenizer.ggml.token_type"
    public static let tokenTypeCount = "tokenizer.ggml.token_type_count"
    public static let scores = "tokenizer.ggml.scores"
    public static let merges = "tokenizer.ggml.merges"
    public static let bosTokenID = "tokenizer.ggml.bos_token_id"
    public static let eosTokenID = "tokenizer.ggml.eos_token_id"
    /// Every token that ends a reply: Ollama's key, for checkpoints whose generation_config.json lists several.
    public static let eosTokenIDs = "tokenizer.ggml.eos_token_ids"
    public static let eotTokenID = "tokenizer.ggml.eot_token_id"
    public static let eomTokenID = "tokenizer.ggml.eom_token_id"
    public static let unknownTokenID = "tokenizer.ggml.unknown_token_id"
    /// Spelled so in the specification's first reader, and so ever since.
    public static let separatorTokenID = "tokenizer.ggml.seperator_token_id"
    public static let paddingTokenID = "tokenizer.ggml.padding_token_id"
    public static let classTokenID = "tokenizer.ggml.cls_token_id"
    public static let maskTokenID = "tokenizer.ggml.mask_token_id"
    public static let addBOS = "tokenizer.ggml.add_bos_token"
    public static let addEOS = "tokenizer.ggml.add_eos_token"
    public static let addSeparator = "tokenizer.ggml.add_sep_token"
    public static let addSpacePrefix = "tokenizer.ggml.add_space_prefix"
    public static let removeExtraWhitespaces = "tokenizer.ggml.remove_extra_whitespaces"
    public static let precompiledCharsmap = "tokenizer.ggml.precompiled_charsmap"
    public static let lowercases = "tokenizer.ggml.normalizer.lowercase"
    public static let stripsAccents = "tokenizer.ggml.normalizer.strip_accents"
    public static let chatTemplate = "tokenizer.chat_template"
    public static func chatTemplate(named name: String) -> String { "tokenizer.chat_template.\(name)" }

    // Of one architecture.
    public static func contextLength(_ arch: String) -> String { "\(arch).context_length" }
    public static func embeddingLength(_ arch: String) -> String { "\(arch).embedding_length" }
    public static func blockCount(_ arch: String) -> String { "\(arch).block_count" }
    public static func feedForwardLength(_ arch: String) -> String { "\(arch).feed_forward_length" }
    public static func vocabularySize(_ arch: String) -> String { "\(arch).vocab_size" }
    public static func expertCount(_ arch: String) -> String { "\(arch).expert_count" }
    public static func expertUsedCount(_ arch: String) -> String { "\(arch).expert_used_count" }
    public static func poolingType(_ arch: String) -> String { "\(arch).pooling_type" }
    /// Ollama's: whether the model's makers scale its vectors to length one.
    public static func normalizesEmbeddings(_ arch: String) -> String { "\(arch).normalize_embeddings" }
    public static func isCausal(_ arch: String) -> String { "\(arch).attention.causal" }
    public static func headCount(_ arch: String) -> String { "\(arch).attention.head_count" }
    public static func headCountKV(_ arch: String) -> String { "\(arch).attention.head_count_kv" }
    public static func keyLength(_ arch: String) -> String { "\(arch).attention.key_length" }
    public static func valueLength(_ arch: String) -> String { "\(arch).attention.value_length" }
    public static func slidingWindow(_ arch: String) -> String { "\(arch).attention.sliding_window" }
    public static func layerNormEpsilon(_ arch: String) -> String { "\(arch).attention.layer_norm_epsilon" }
    public static func layerNormRMSEpsilon(_ arch: String) -> String { "\(arch).attention.layer_norm_rms_epsilon" }
    public static func ropeDimensionCount(_ arch: String) -> String { "\(arch).rope.dimension_count" }
    public static func ropeFrequencyBase(_ arch: String) -> String { "\(arch).rope.freq_base" }
    public static func ropeScalingType(_ arch: String) -> String { "\(arch).rope.scaling.type" }
    public static func ropeScalingFactor(_ arch: String) -> String { "\(arch).rope.scaling.factor" }
    public static func ropeScalingOriginalContext(_ arch: String) -> String { "\(arch).rope.scaling.original_context_length" }
    public static func ropeScalingAttentionFactor(_ arch: String) -> String { "\(arch).rope.scaling.attn_factor" }
}
