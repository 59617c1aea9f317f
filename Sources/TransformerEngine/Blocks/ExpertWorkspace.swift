// The memory in which tokens are sent to their experts and come back.
import CKernels
import Compute
import Glibc

/// Which experts the tokens of a batch go to, and their activations: a row for each token and rank, grouped by expert.
final class ExpertWorkspace {
    private let parameters: ExpertParameters
    /// (tokens, experts): what the router says.
    let scores: UnsafeMutablePointer<Float>
    /// (tokens, used): experts, the best first, and their weights.
    let chosen: UnsafeMutablePointer<Int32>
    let weights: UnsafeMutablePointer<Float>
    /// (tokens, used): the row of `inputs`, `gates`, `ups` and `outputs` that belongs to a token and rank.
    let rows: UnsafeMutablePointer<Int32>
    /// (rows, width)
    let inputs: FloatMatrix
    /// (rows, expert length)
    let gates: FloatMatrix
    let ups: FloatMatrix
    /// (rows, width)
    let outputs: FloatMatrix
    /// Of the expert that every token goes through: (tokens, width), and a weight for each token before its sigmoid.
    let sharedOutputs: FloatMatrix
    let sharedWeights: UnsafeMutablePointer<Float>

    private let storage: [RawStorage]
    /// Where each expert's rows begin, and one past the last one's end.
    private var starts: [Int]
    private var next: [Int]
    private var matrices: [WeightMatrix] = []
    private var matrixOutputs: [UnsafeMutablePointer<Float>] = []

    init(_ parameters: ExpertParameters, width: Int, batchSize: Int) throws(EngineError) {
        self.parameters = parameters
        let purpose = "the experts of \(batchSize) tokens"
        let rows = try RawStorage.size(batchSize, parameters.usedCount, purpose: purpose)
        func matrix(_ rows: Int, _ width: Int) throws(EngineError) -> FloatMatrix {
            try FloatMatrix(rows: rows, width: width, purpose: purpose)
        }
        func numbers(_ count: Int) throws(EngineError) -> RawStorage {
            try RawStorage(byteCount: try RawStorage.size(count, 4, purpose: purpose), purpose: purpose)
        }
        inputs = try matrix(rows, width)
        gates = try matrix(rows, parameters.feedForwardLength)
        ups = try matrix(rows, parameters.feedForwardLength)
        outputs = try matrix(rows, width)
        sharedOutputs = try matrix(batchSize, width)
        storage = [
            try numbers(try RawStorage.size(batchSize, parameters.count, purpose: purpose)), try numbers(rows), try numbers(rows),
            try numbers(rows), try numbers(batchSize),
        ]
        scores = storage[0].address.assumingMemoryBound(to: Float.self)
        chosen = storage[1].address.assumingMemoryBound(to: Int32.self)
        weights = storage[2].address.assumingMemoryBound(to: Float.self)
        self.rows = storage[3].address.assumingMemoryBound(to: Int32.self)
        sharedWeights = storage[4].address.assumingMemoryBound(to: Float.self)
        starts = [Int](repeating: 0, count: parameters.count + 1)
        next = [Int](repeating: 0, count: parameters.count)
    }

    /// Floats that a token of a batch takes.
    static func floats(ofToken parameters: ExpertParameters, width: Int) -> Int {
        parameters.usedCount * (2 * width + 2 * parameters.feedForwardLength + 3) + parameters.count + width + 1
    }

    /// The experts with a token's highest scores, the lower number first where two are equal, and their share of the softmax.
    func choose(token: Int, of count: Int, normalizing: Bool) {
        let scores = scores + token * count
        let chosen = chosen + token * parameters.usedCount
        let weights = weights + token * parameters.usedCount
        for rank in 0..<parameters.usedCount {
            var best: Int?
            for expert in 0..<count where !UnsafeBufferPointer(start: chosen, count: rank).contains(Int32(expert)) {
                if let best, !(scores[expert] > scores[best]) { continue }
                best = expert
            }
            chosen[rank] = Int32(best ?? 0)
        }
        let highest = scores[Int(chosen[0])]
        var total: Float = 0
        for rank in 0..<parameters.usedCount {
            weights[rank] = expf(scores[Int(chosen[rank])] - highest)
            total += weights[rank]
        }
        if !normalizing {
            total = 0
            for expert in 0..<count { total += expf(scores[expert] - highest) }
        }
        for rank in 0..<parameters.usedCount { weights[rank] /= total }
    }

    /// Gives each token and rank its row, so that an expert's rows lie together: counting sort.
    func group(tokens: Int, experts: Int) {
        for expert in starts.indices { starts[expert] = 0 }
        let pairs = tokens * parameters.usedCount
        for pair in 0..<pairs { starts[Int(chosen[pair]) + 1] += 1 }
        for expert in 0..<experts {
            starts[expert + 1] += starts[expert]
            next[expert] = starts[expert]
        }
        for pair in 0..<pairs {
            let expert = Int(chosen[pair])
            rows[pair] = Int32(next[expert])
            next[expert] += 1
        }
    }

    /// The first row of an expert, and how many it has.
    func group(of expert: Int) -> (start: Int, count: Int) { (starts[expert], starts[expert + 1] - starts[expert]) }

    /// Calls `body` with empty lists of matrices and of places for their products, kept so that no batch makes new ones.
    func withMatrices(_ body: (inout [WeightMatrix], inout [UnsafeMutablePointer<Float>]) -> Void) {
        matrices.removeAll(keepingCapacity: true)
        matrixOutputs.removeAll(keepingCapacity: true)
        body(&matrices, &matrixOutputs)
    }

    /// The weighed sum of what a token's experts found, best first, and of the shared expert's.
    func combine(token: Int, into output: UnsafeMutablePointer<Float>, hasShared: Bool, _ kernels: quern_vector_table) {
        let width = outputs.width
        output.update(repeating: 0, count: width)
        for pair in token * parameters.usedCount..<(token + 1) * parameters.usedCount {
            kernels.add_scaled(output, outputs.row(Int(rows[pair])), weights[pair], Int64(width))
        }
        if hasShared {
            let weight = 1 / (1 + expf(-sharedWeights[token]))
            kernels.add_scaled(output, sharedOutputs.row(token), weight, Int64(width))
        }
    }
}
