public import Compute
public import Tensors

/// A type for each tensor, chosen by measured error so that all of them together fit a budget and the model loses least.
///
/// The loss of a model is taken to be the sum of its tensors' relative errors, each times how much the model minds noise at that place.
/// Of each tensor only the types on the lower hull of loss over bytes can be part of a best choice; starting from the smallest, the step
/// that saves most loss per byte is taken as long as one fits.
public struct FittedTypes: Sendable {
    /// What is to be kept within.
    public enum Budget: Sendable, Equatable {
        /// Bytes of the whole file.
        case file(Int)
        /// Bits of all tensors per weight.
        case bitsPerWeight(Double)
    }

    /// What a tensor got.
    public struct Choice: Sendable {
        public let name: String
        public let shape: TensorShape
        public let type: TensorType
        public let byteCount: Int
        /// The squared error of its values over their squares.
        public let relativeError: Double
        /// Its part in the expected loss.
        public let loss: Double
    }

    /// Tensors that were chosen for, in the file's order.
    public let choices: [Choice]
    /// The mix that has the most frequent of the types, by weights: what the file will be called.
    public let fileType: FileType
    /// Tensors that options keep from being chosen for. A recipe names them too, so that it does without the options.
    private let kept: [TypeChoices.Pattern]

    /// - Parameters:
    ///   - plan: says which tensors are quantized at all; the types that it gives them do not matter.
    ///   - progress: called after each tensor; what it throws ends the work.
    /// - Throws: `QuantizationError.budgetTooSmall`, and what keeps a tensor from being measured.
    public init(
        _ plan: QuantizationPlan, within budget: Budget, on pool: ThreadPool,
        progress: (_ done: Int, _ count: Int) throws -> Void = { _, _ in }
    ) throws {
        let quantizable = plan.steps.filter { plan.isQuantizable($0) }
        let noise = try NoiseModel(plan, pool: pool)
        let named = Dictionary(plan.steps.map { ($0.source.name, $0) }) { first, _ in first }
        var ladders: [Ladder] = []
        for (index, step) in quantizable.enumerated() {
            ladders.append(try Ladder(step, noise, columns: NoiseModel.columns(of: step, in: named), pool: pool))
            try progress(index + 1, quantizable.count)
        }
        let fixed = try plan.byteCount(outside: quantizable.map(\.source.name), wholeFile: budget.isFile)
        let room = budget.bytes(weights: plan.parameterCount) - fixed
        let smallest = ladders.reduce(0) { $0 + $1.steps[0].padded }
        guard smallest <= room else {
            throw QuantizationError.budgetTooSmall(wanted: fixed + room, smallest: fixed + smallest)
        }
        let levels = Self.climb(ladders, room: room - smallest)
        choices = zip(ladders, levels).map { ladder, level in
            let step = ladder.steps[level]
            return Choice(
                name: ladder.name, shape: ladder.shape, type: step.type, byteCount: step.byteCount, relativeError: step.error,
                loss: step.loss)
        }
        fileType = Self.fileType(of: choices)
        kept = plan.steps.filter { plan.isKept($0) }.map { TypeChoices.Pattern(Self.pattern(of: $0.source.name), $0.type) }
    }

    /// The sum of the tensors' parts in the expected loss.
    public var loss: Double { choices.reduce(0) { $0 + $1.loss } }

    /// The choice as patterns that each find one tensor.
    public var patterns: [TypeChoices.Pattern] { choices.map { TypeChoices.Pattern(Self.pattern(of: $0.name), $0.type) } }

    /// The choice in the form of `--tensor-type-file`, a line for each tensor.
    public var recipe: String { (patterns + kept).map { "\($0.pattern)=\($0.type.name.lowercased())\n" }.joined() }

    private static func pattern(of name: String) -> String { "^\(name.escapedForPattern)$" }

    /// Takes the steps that save most loss per byte first. Of steps that save alike, the first tensor's comes first.
    private static func climb(_ ladders: [Ladder], room: Int) -> [Int] {
        var (levels, left) = ([Int](repeating: 0, count: ladders.count), room)
        while true {
            var best: (tensor: Int, saving: Double)?
            for (tensor, ladder) in ladders.enumerated() {
                guard let step = ladder.step(after: levels[tensor]), step.bytes <= left else { continue }
                if step.loss / Double(step.bytes) > best?.saving ?? 0 { best = (tensor, step.loss / Double(step.bytes)) }
            }
            guard let best, let step = ladders[best.tensor].step(after: levels[best.tensor]) else { return levels }
            levels[best.tensor] += 1
            left -= step.bytes
        }
    }

    private static func fileType(of choices: [Choice]) -> FileType {
        var weights: [TensorType: Int] = [:]
        for choice in choices { weights[choice.type, default: 0] += choice.shape.elementCount }
        let frequent = weights.max { ($0.value, $1.key.rawValue) < ($1.value, $0.key.rawValue) }?.key ?? .q4_K
        let mixes: [TensorType: FileType] = [.q3_K: .q3_K_M, .q4_K: .q4_K_M, .q5_K: .q5_K_M, .iq2_s: .iq2_M, .iq3_s: .iq3_M]
        // Patterns apply to quantized file types only.
        return mixes[frequent] ?? FileType.allCases.first { $0.tensorType == frequent && !$0.isUnquantized } ?? .q8_0
    }
}

extension FittedTypes.Budget {
    fileprivate var isFile: Bool { if case .file = self { true } else { false } }

    fileprivate func bytes(weights: Int) -> Int {
        switch self {
        case .file(let bytes): bytes
        case .bitsPerWeight(let bits): Int(bits * Double(weights) / 8)
        }
    }
}

/// The types worth considering for one tensor, from the smallest to the one with the least loss.
private struct Ladder {
    let name: String
    let shape: TensorShape
    let steps: [Step]

    struct Step {
        let type: TensorType
        let byteCount: Int
        let error: Double
        let loss: Double

        /// With the zeros that follow in the file.
        var padded: Int { (byteCount + 31) / 32 * 32 }
    }

    private static let plain: [TensorType] = [.q2_K, .q3_K, .iq3_s, .iq4_xs, .q4_K, .q5_K, .q6_K, .q8_0, .f16]
    private static let weighted: [TensorType] = [.iq2_xxs, .iq2_xs, .iq2_s, .iq3_xxs]

    init(_ step: QuantizationPlan.Step, _ noise: NoiseModel, columns: [Float]?, pool: ThreadPool) throws {
        let source = step.source
        (name, shape) = (source.name, source.shape)
        var types = (step.importance == nil ? [] : Self.weighted) + Self.plain + [source.storedType]
        types = try types.map { try TypeRecipe.fitting($0, tensor: source.name, columns: source.shape.columns) }
        let sensitivity = noise.sensitivity(of: source.name)
        let meter = TypeErrorMeter(step, columns: columns, pool: pool)
        var measured: [Step] = []
        for type in Set(types).sorted(by: { $0.rawValue < $1.rawValue }) {
            guard let bytes = type.byteCount(of: source.shape), let error = try meter.relativeError(of: type) else { continue }
            measured.append(Step(type: type, byteCount: bytes, error: error, loss: sensitivity * error))
        }
        steps = Self.hull(measured)
    }

    /// What the next step costs and saves.
    func step(after level: Int) -> (bytes: Int, loss: Double)? {
        guard level + 1 < steps.count else { return nil }
        return (steps[level + 1].padded - steps[level].padded, steps[level].loss - steps[level + 1].loss)
    }

    /// The lower convex hull of loss over bytes, ascending in bytes.
    private static func hull(_ measured: [Step]) -> [Step] {
        var hull: [Step] = []
        for step in measured.sorted(by: { ($0.padded, $0.loss) < ($1.padded, $1.loss) }) {
            if let last = hull.last, step.loss >= last.loss || step.padded == last.padded { continue }
            while hull.count > 1, slope(hull[hull.count - 2], step) <= slope(hull[hull.count - 2], hull[hull.count - 1]) {
                hull.removeLast()
            }
            hull.append(step)
        }
        return hull
    }

    /// How fast the loss changes from one step to the other; the steeper the fall, the smaller.
    private static func slope(_ from: Step, _ to: Step) -> Double { (to.loss - from.loss) / Double(to.padded - from.padded) }
}

extension String {
    /// The text as a regular expression that finds only it.
    fileprivate var escapedForPattern: String {
        flatMap { "\\^$.|?*+()[]{}".contains($0) ? ["\\", $0] : [$0] }.reduce(into: "") { $0.append($1) }
    }
}
