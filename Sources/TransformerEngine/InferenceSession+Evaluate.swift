// Tokens in, logits out.
import CKernels

/// Tokens that continue the sequence of one slot.
public struct TokenRun: Sendable {
    public var tokens: [Int32]
    public var slot: Int
    public var logits: InferenceSession.LogitsRequest

    public init(_ tokens: [Int32], slot: Int = 0, logits: InferenceSession.LogitsRequest = .last) {
        (self.tokens, self.slot, self.logits) = (tokens, slot, logits)
    }
}

extension InferenceSession {
    /// Appends tokens to a slot and computes the logits asked for.
    public func evaluate(_ tokens: [Int32], slot: Int = 0, logits: LogitsRequest = .last) throws(EngineError) {
        try evaluate([TokenRun(tokens, slot: slot, logits: logits)])
    }

    /// Appends tokens to several slots at once; rows of logits come in the order of the runs.
    ///
    /// Nothing is evaluated unless everything can be. When it is cancelled on its way, whole batches that went through stay in
    /// the slots, and there are no logits.
    ///
    /// - Throws: `EngineError.noTokens`, `.unknownSlot`, `.tokenOutOfRange`, `.contextFull`, `.noMemory`, `.notFinite`,
    ///   `.cancelled`.
    public func evaluate(_ runs: [TokenRun]) throws(EngineError) {
        (logitCount, hiddenCount) = (0, 0)
        try check(runs)
        try reserveLogits(rows: runs.reduce(0) { $0 + $1.logitCount })
        var batch = BatchCursor(runs: runs)
        while batch.fill(pass, upTo: batchSize, cache) { try evaluateBatch() }
    }

    func check(_ runs: [TokenRun]) throws(EngineError) {
        for (index, run) in runs.enumerated() {
            try check(slot: run.slot)
            guard !run.tokens.isEmpty else { throw .noTokens }
            for token in run.tokens where token < 0 || Int(token) >= model.vocabularySize {
                throw .tokenOutOfRange(token, vocabularySize: model.vocabularySize)
            }
            var used = cache.length(of: run.slot)
            for earlier in runs[..<index] where earlier.slot == run.slot { used += earlier.tokens.count }
            guard run.tokens.count <= contextLength - used else {
                throw .contextFull(used: used, adding: run.tokens.count, contextLength: contextLength)
            }
        }
        if runs.isEmpty { throw .noTokens }
    }

    func reserveLogits(rows: Int) throws(EngineError) {
        guard rows > logitCapacity else { return }
        logitStorage = try FloatMatrix(rows: rows, width: model.vocabularySize, purpose: "logits of \(rows) tokens")
        logitCapacity = rows
    }

    /// Sends the batch in `pass` through the network.
    private func evaluateBatch() throws(EngineError) {
        try runLayers()
        try projectBatch()
        advance()
    }

    /// Sends the batch in `pass` through the layers: what is left is the hidden states of the rows whose logits are wanted.
    func runLayers() throws(EngineError) {
        let network = model.network
        pass.broken = nil
        network.embed(pass)
        pass.inspect(.embedding, layer: nil)
        pass.turnPositions()
        pass.planSpans()
        for layer in 0..<model.hyperparameters.layerCount {
            if cancellation.isRaised {
                logitCount = 0
                throw .cancelled
            }
            network.run(layer: layer, pass)
            afterLayer?()
            if let broken = pass.broken {
                logitCount = 0
                throw .notFiniteState(broken)
            }
        }
    }

    /// Counts the batch's tokens as part of their sequences.
    func advance() {
        // The last place of each slot in the batch says how far it has got.
        for place in pass.places { cache.setLength(place.position + 1, of: place.slot) }
    }

    /// Adds the logits of the rows in `pass` to those that are there.
    func projectBatch() throws(EngineError) {
        let target = logitStorage.row(logitCount)
        let rows = pass.count
        guard rows > 0 else { return }
        model.network.project(pass, into: target)
        afterLayer?()
        guard pass.vectors.all_finite(target, Int64(rows * model.vocabularySize)) else {
            logitCount = 0
            throw pass.inspects ? brokenLogits(target, rows: rows) : .notFinite
        }
        logitCount += rows
    }

    /// The first of the logits that is infinite or not a number.
    private func brokenLogits(_ logits: UnsafeMutablePointer<Float>, rows: Int) -> EngineError {
        for row in 0..<rows {
            let numbers = UnsafeBufferPointer(
                start: UnsafePointer(logits + row * model.vocabularySize), count: model.vocabularySize)
            if let state = pass.state(.output, layer: nil, row: row, numbers: numbers) { return .notFiniteState(state) }
        }
        return .notFinite
    }
}

extension TokenRun {
    var logitCount: Int {
        switch logits {
        case .none: 0
        case .last: 1
        case .all: tokens.count
        case .from(let first): max(0, tokens.count - first)
        }
    }
}

/// Cuts runs into batches.
struct BatchCursor {
    let runs: [TokenRun]
    private var run = 0
    private var offset = 0

    init(runs: [TokenRun]) { self.runs = runs }

    /// Fills `pass` with the next tokens, `limit` of them at most.
    ///
    /// Two runs of one slot never share a batch: the second one's positions follow when the first is done.
    /// - Returns: false when none are left.
    mutating func fill(_ pass: ForwardPass, upTo limit: Int, _ cache: KeyValueCache) -> Bool {
        pass.clear()
        while run < runs.count, pass.count < limit {
            let current = runs[run]
            if pass.places.contains(where: { $0.slot == current.slot }) { break }
            let end = min(current.tokens.count, offset + limit - pass.count)
            let last = current.tokens.count - 1
            pass.append(current.tokens[offset..<end], slot: current.slot, position: cache.length(of: current.slot)) { index in
                switch current.logits {
                case .none: false
                case .last: index == last
                case .all: true
                case .from(let first): index >= first
                }
            }
            offset = end
            if offset == current.tokens.count { (run, offset) = (run + 1, 0) }
        }
        return pass.count > 0
    }
}
