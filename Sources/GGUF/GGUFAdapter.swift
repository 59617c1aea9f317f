// LoRA adapters as GGUF files.
//
// 1. `general.type` is "adapter", `adapter.type` is "lora", `general.architecture` is the base's.
// 2. For each tensor `T` of the base that is changed there are `T.lora_a`, (rank, columns) outermost first, and `T.lora_b`,
//    (rows, rank). Of `token_embd.weight`, whose rows are looked up, `lora_a` is transposed: (rows, rank), and `lora_b` is
//    (columns, rank).
//    Where `T` is a stack of experts, both are stacks of as many: (experts, rank, columns) and (experts, rows, rank).
// 3. What is added is `scale * B(A x)`; the scale is `adapter.lora.alpha / rank`, or one where alpha is missing or zero.
//
// Source: llama.cpp's `convert_lora_to_gguf.py` and `src/llama-adapter.cpp`.
public import Tensors

/// A low-rank adapter (Hu et al. 2021), checked within itself; `check(against:)` compares it with a base.
public struct GGUFAdapter: Sendable {
    public let file: GGUFFile
    /// What the file is called in errors.
    public let name: String
    public let architecture: String
    /// In the order of the file.
    public let terms: [Term]
    /// Norms that some tools put beside the factors; llama.cpp does not apply them, and neither does Quern.
    public let ignoredTensors: [String]

    /// What is added to one tensor of the base.
    public struct Term: Sendable {
        /// The base's tensor.
        public let target: String
        /// A, which goes down to the rank.
        public let down: GGUFTensor
        /// B, which comes up again.
        public let up: GGUFTensor
        public let rank: Int
        /// Matrices that lie one behind the other in both factors: the experts of a stack, else one.
        public let matrixCount: Int
        /// What the product of both is multiplied with, without what the user says.
        public let scale: Float

        /// Whether the tensor is the embedding, whose A lies transposed.
        public var isLookUp: Bool { target == GGUFAdapter.embeddingName }
        /// Rows and columns of the tensor that this fits, or of each of its matrices.
        public var targetRows: Int { isLookUp ? down.shape.rows : up.shape.rows / matrixCount }
        public var targetColumns: Int { isLookUp ? up.shape.rows : down.shape.columns }
    }

    public static let downSuffix = ".lora_a"
    public static let upSuffix = ".lora_b"
    public static let embeddingName = "token_embd.weight"
    public static let outputName = "output.weight"

    /// - Throws: `GGUFError.unusableAdapter` where the file is no LoRA adapter, or one that only counts after certain tokens.
    public init(_ file: GGUFFile, name: String) throws(GGUFError) {
        func refuse(_ problem: String) -> GGUFError { .unusableAdapter(file: name, problem: problem) }
        let type = file.metadata.string(GGUFKey.type) ?? "missing"
        guard type == "adapter" else { throw refuse("'\(GGUFKey.type)' is '\(type)', wanted 'adapter'") }
        let kind = file.metadata.string(GGUFKey.adapterType) ?? "missing"
        guard kind == "lora" else { throw refuse("'\(GGUFKey.adapterType)' is '\(kind)', wanted 'lora'") }
        guard file.metadata[GGUFKey.adapterInvocationTokens] == nil else {
            throw refuse("an activated LoRA, which counts only after its invocation tokens, is not supported")
        }
        let alpha = try file.metadata.optionalDouble(GGUFKey.adapterAlpha) ?? 0
        guard alpha.isFinite else { throw refuse("'\(GGUFKey.adapterAlpha)' is \(alpha), wanted a finite number") }
        architecture = try file.metadata.requiredString(GGUFKey.architecture)
        (self.file, self.name) = (file, name)
        var terms: [Term] = []
        var ignored: [String] = []
        for tensor in file.tensors {
            if tensor.name.hasSuffix(Self.downSuffix) {
                terms.append(try Self.term(of: tensor, alpha: alpha, in: file, name))
            } else if tensor.name.hasSuffix(Self.upSuffix) {
                let target = tensor.name.dropLast(Self.upSuffix.count)
                guard file.tensor(named: target + Self.downSuffix) != nil else {
                    throw refuse("tensor '\(tensor.name)' has no '\(target + Self.downSuffix)' beside it")
                }
            } else if tensor.name.hasSuffix("_norm.weight") {
                ignored.append(tensor.name)
            } else {
                throw refuse("tensor '\(tensor.name)' is neither a lora_a nor a lora_b")
            }
        }
        guard !terms.isEmpty else { throw refuse("no tensors to add") }
        (self.terms, ignoredTensors) = (terms, ignored)
    }

    private static func term(
        of down: GGUFTensor, alpha: Double, in file: GGUFFile, _ name: String
    ) throws(GGUFError) -> Term {
        let target = String(down.name.dropLast(downSuffix.count))
        guard let up = file.tensor(named: target + upSuffix) else {
            throw .unusableAdapter(file: name, problem: "tensor '\(down.name)' has no '\(target + upSuffix)' beside it")
        }
        let count = up.shape.dimensions.count == 3 ? up.shape.dimensions[2] : 1
        let downCount = down.shape.dimensions.count == 3 ? down.shape.dimensions[2] : 1
        guard down.shape.dimensions.count == up.shape.dimensions.count, up.shape.dimensions.count <= 3, count == downCount,
            count > 0
        else {
            throw .unusableAdapter(
                file: name, problem: "tensor '\(up.name)' has shape \(up.shape), but '\(down.name)' has \(down.shape)")
        }
        let rank = up.shape.columns
        let downRank = target == embeddingName ? down.shape.columns : down.shape.rows / count
        guard rank > 0, rank == downRank else {
            throw .unusableAdapter(
                file: name, problem: "tensor '\(up.name)' has rank \(rank), but '\(down.name)' has rank \(downRank)")
        }
        return Term(
            target: target, down: down, up: up, rank: rank, matrixCount: count, scale: alpha == 0 ? 1 : Float(alpha / Double(rank)))
    }

    /// The metadata of the same factors counting `factor` times as much.
    ///
    /// - Throws: `GGUFError.unusableAdapter` where there is no alpha to scale, and factors of several ranks.
    public func metadata(scaledBy factor: Float) throws(GGUFError) -> GGUFMetadata {
        guard factor != 1, let first = terms.first else { return file.metadata }
        var alpha = file.metadata.double(GGUFKey.adapterAlpha) ?? 0
        if alpha == 0 {
            guard terms.allSatisfy({ $0.rank == first.rank }) else {
                throw .unusableAdapter(file: name, problem: "it has several ranks and no alpha, so that it cannot be scaled")
            }
            alpha = Double(first.rank)
        }
        // A zero would mean that factors count as they are.
        guard factor != 0 else { throw .unusableAdapter(file: name, problem: "an adapter scaled to nothing; leave it out instead") }
        var metadata = file.metadata
        metadata[GGUFKey.adapterAlpha] = .float32(Float(alpha) * factor)
        return metadata
    }

    /// Bytes of all factors.
    public var byteCount: Int { file.tensorByteCount }
}

extension GGUFAdapter {
    /// Compares with the base that the adapter is to change.
    ///
    /// A base whose output head is its embedding has no `output.weight`; an adapter of the head fits it all the same.
    ///
    /// - Throws: `GGUFError.adapterMisfit`, which names the first tensor that the base has not, or has in another shape.
    public func check(against base: GGUFMetadata, shape: (String) -> TensorShape?) throws(GGUFError) {
        let misfit = misfit(shape)
        if let found = base.architecture, found != architecture {
            let more = misfit.map { "; \($0)" } ?? ""
            throw .adapterMisfit(
                file: name, problem: "it is for the architecture '\(architecture)', the model is '\(found)'" + more)
        }
        if let misfit { throw .adapterMisfit(file: name, problem: misfit) }
    }

    public func check(against base: GGUFFile) throws(GGUFError) {
        try check(against: base.metadata) { base.tensor(named: $0)?.shape }
    }

    /// What is wrong with the first tensor that does not fit.
    private func misfit(_ shape: (String) -> TensorShape?) -> String? {
        for term in terms {
            guard let found = shape(term.target) ?? (term.target == Self.outputName ? shape(Self.embeddingName) : nil) else {
                return "the model has no tensor '\(term.target)', which the adapter changes"
            }
            let isStack = term.up.shape.dimensions.count == 3
            let wanted = [term.targetColumns, term.targetRows] + (isStack ? [term.matrixCount] : [])
            if found.dimensions != wanted, !(found.dimensions == [wanted[0]] && wanted.dropFirst() == [1]) {
                return "tensor '\(term.target)' has shape \(found) in the model, the adapter is for \(wanted)"
            }
        }
        return nil
    }
}
