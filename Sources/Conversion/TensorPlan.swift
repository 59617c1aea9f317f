import Safetensors
import Tensors

/// What an architecture makes of a checkpoint's tensors.
struct TensorPlan {
    let rules: [TensorRule]
    /// Tensors that no file of the checkpoint has.
    let synthesized: [TensorSource]
    /// Names of tensors that are known and not wanted, besides the buffers that nobody wants.
    var ignored: Set<String> = []
    /// Beginnings of names of parts that are left out, such as an image encoder.
    var ignoredPrefixes: [String] = []
    let architecture: String

    /// Ends of names of buffers that transformers recomputes and old checkpoints hold, in whatever type.
    private static let bufferSuffixes = [
        "position_ids", "rotary_emb.inv_freq", "rotary_emb.cos_cached", "rotary_emb.sin_cached", "attention.masked_bias",
        "attention.bias", "attn.masked_bias", "attn.bias",
    ]

    /// Matches the rules with what is stored.
    ///
    /// - Parameter canonicalName: the name that rules have for a stored one.
    /// - Returns: the tensors in the order of the checkpoint's files, synthesized ones first; one that is made of several comes
    ///   where its last part is.
    func tensors(
        from stored: [SafetensorsTensor], output: ConversionOptions.OutputType,
        canonicalName: (String) -> String = { $0 }
    ) throws(ConversionError) -> [ConvertedTensor] {
        var byName: [String: SafetensorsTensor] = [:]
        var order: [String: Int] = [:]
        for (index, tensor) in stored.enumerated() {
            let name = canonicalName(tensor.name)
            (byName[name], order[name]) = (tensor, index)
        }
        var missing: [String] = []
        var used: Set<String> = []
        var rulesOfLast: [Int: [(rule: TensorRule, origin: TensorRule.Origin)]] = [:]
        for rule in rules {
            guard let origin = rule.origin(in: byName) else {
                if rule.isRequired { missing += rule.origins.first?.names ?? [] }
                continue
            }
            missing += origin.names.filter { byName[$0] == nil }
            used.formUnion(origin.names)
            rulesOfLast[origin.names.compactMap { order[$0] }.max() ?? 0, default: []].append((rule, origin))
        }
        guard missing.isEmpty else { throw .missingTensors(names: missing) }
        var converted = synthesized.map { ConvertedTensor(source: $0, type: .f32) }
        var unknown: [String] = []
        for (index, tensor) in stored.enumerated() {
            for (rule, origin) in rulesOfLast[index] ?? [] {
                let source = try rule.source(from: origin, in: byName)
                converted.append(ConvertedTensor(source: source, type: rule.writtenType ?? output.type(of: source)))
            }
            let name = canonicalName(tensor.name)
            if !used.contains(name), !isIgnored(name) { unknown.append(tensor.name) }
        }
        guard unknown.isEmpty else { throw .unknownTensors(names: unknown, architecture: architecture) }
        return converted
    }

    private func isIgnored(_ name: String) -> Bool {
        ignored.contains(name) || ignoredPrefixes.contains { name.hasPrefix($0) }
            || Self.bufferSuffixes.contains { name == $0 || name.hasSuffix("." + $0) }
    }
}

extension ConversionOptions.OutputType {
    func type(of source: TensorSource) -> TensorType {
        guard source.shape.dimensions.count > 1 else { return .f32 }
        switch self {
        case .auto: return source.storedType == .bf16 ? .bf16 : .f16
        case .f16: return .f16
        case .bf16: return .bf16
        case .f32: return .f32
        }
    }
}
