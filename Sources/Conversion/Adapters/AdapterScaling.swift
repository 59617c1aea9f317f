import JSONText

/// How much a trainer's adapter counts, as its configuration says; what cannot be carried over is refused here.
///
/// PEFT: `lora_alpha / r`, or `lora_alpha / sqrt(r)` with `use_rslora` (Kalajdzievski 2023), where `rank_pattern` and `alpha_pattern`
/// give single modules numbers of their own. MLX: `lora_parameters.scale`; older versions multiplied it with `alpha / rank`.
enum AdapterScaling {
    case peft(PEFT)
    /// The scale of every product.
    case mlx(scale: Double)

    struct PEFT {
        let rank: Int
        let alpha: Double
        let isRankStabilized: Bool
        let ranks: [AdapterPattern: Double]
        let alphas: [AdapterPattern: Double]
        /// The patterns in the order of the file: the first that matches counts.
        let rankOrder: [AdapterPattern]
        let alphaOrder: [AdapterPattern]
    }

    init(_ config: CheckpointConfig) throws(ConversionError) {
        if let parameters = try config.optionalObject("lora_parameters") {
            self = .mlx(scale: try Self.mlxScale(config, parameters))
        } else {
            self = .peft(try PEFT(config))
        }
    }

    private static func mlxScale(_ config: CheckpointConfig, _ parameters: CheckpointConfig) throws(ConversionError) -> Double {
        if let kind = try config.optionalString("fine_tune_type"), kind != "lora" {
            throw config.error("fine_tune_type", found: "\"\(kind)\"", wanted: "\"lora\"")
        }
        let rank = try parameters.int("rank", in: AdapterConverter.ranks)
        let alpha = try parameters.optionalPositive("alpha")
        let scale = try parameters.optionalPositive("scale")
        guard alpha != nil || scale != nil else {
            throw parameters.error("scale", found: "missing", wanted: "a number above zero")
        }
        return (scale ?? 1) * (alpha.map { $0 / Double(rank) } ?? 1)
    }

    /// What the product of both factors of a module is multiplied with.
    ///
    /// - Parameter rank: of the module's factors as they are stored.
    /// - Throws: `ConversionError.value` where the configuration promises another rank.
    func scale(of module: String, rank: Int, _ config: CheckpointConfig) throws(ConversionError) -> Double {
        switch self {
        case .mlx(let scale): return scale
        case .peft(let peft):
            let promised = peft.rankOrder.first { $0.matches(module) }.flatMap { peft.ranks[$0] } ?? Double(peft.rank)
            guard promised == Double(rank) else {
                throw config.error("r", found: "\(promised) for '\(module)'", wanted: "\(rank), the rank of its tensors")
            }
            return peft.scale(
                alpha: peft.alphaOrder.first { $0.matches(module) }.flatMap { peft.alphas[$0] } ?? peft.alpha, rank: rank)
        }
    }

    /// The alpha of the whole file: what GGUF's `alpha / rank` makes the scale of a module without numbers of its own.
    func fileAlpha(rankOfFirst rank: Int) -> Double {
        switch self {
        case .mlx(let scale): scale * Double(rank)
        case .peft(let peft):
            peft.isRankStabilized ? peft.scale(alpha: peft.alpha, rank: peft.rank) * Double(peft.rank) : peft.alpha
        }
    }
}

extension AdapterScaling.PEFT {
    init(_ config: CheckpointConfig) throws(ConversionError) {
        if let type = try config.optionalString("peft_type"), type != "LORA" {
            throw config.error("peft_type", found: "\"\(type)\"", wanted: "\"LORA\"")
        }
        try Self.refuseVariants(config)
        rank = try config.int("r", in: AdapterConverter.ranks)
        alpha = try config.positive("lora_alpha")
        isRankStabilized = try config.optionalBool("use_rslora") ?? false
        (ranks, rankOrder) = try AdapterPattern.table(config, "rank_pattern")
        (alphas, alphaOrder) = try AdapterPattern.table(config, "alpha_pattern")
    }

    func scale(alpha: Double, rank: Int) -> Double {
        alpha / (isRankStabilized ? Double(rank).squareRoot() : Double(rank))
    }

    /// Variants of LoRA whose weights are more than two factors.
    private static func refuseVariants(_ config: CheckpointConfig) throws(ConversionError) {
        if try config.optionalBool("use_dora") == true {
            throw config.error("use_dora", found: "true", wanted: "false: DoRA rescales whole columns, which LoRA's sum cannot")
        }
        for key in ["use_qalora", "lora_bias"] where try config.optionalBool(key) == true {
            throw config.error(key, found: "true", wanted: "false")
        }
        if let bias = try config.optionalString("bias"), bias != "none" {
            throw config.error("bias", found: "\"\(bias)\"", wanted: "\"none\": trained biases are no part of a LoRA adapter")
        }
        for key in [
            "modules_to_save", "layer_replication", "alora_invocation_tokens", "trainable_token_indices", "target_parameters",
            "use_bdlora", "kasa_config", "arrow_config", "monteclora_config",
        ] {
            guard let value = config.value(key), value.array?.isEmpty != true, value.object?.isEmpty != true, value.bool != false
            else { continue }
            throw config.error(key, found: CheckpointConfig.found(value), wanted: "none: only low-rank factors can be carried over")
        }
    }
}
