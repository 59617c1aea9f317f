import GGUF
import Tensors

/// The factors of single experts on their way to stacks, which is how GGUF has them: an expert that was not trained has zeros.
struct ExpertStacks {
    private struct Stack {
        let target: String
        let rank: Int
        /// By expert.
        var downs: [AdapterMatrix?]
        var ups: [AdapterMatrix?]
    }

    /// In the order in which they were met.
    private var stacks: [Stack] = []
    private var places: [String: Int] = [:]

    /// - Parameter shape: of the base's stack; nil where it has none, which the comparison with the base tells afterwards.
    mutating func add(
        _ down: AdapterMatrix, _ up: AdapterMatrix, at index: Int, of target: String, _ shape: TensorShape?, _ path: String
    ) throws(ConversionError) {
        let experts = shape.flatMap { $0.dimensions.count == 3 ? $0.dimensions[2] : nil }
        guard let experts, let shape else {
            throw .adapter(path: path, problem: "the model has no experts '\(target)', which the adapter changes")
        }
        guard (0..<experts).contains(index) else {
            throw .adapter(path: path, problem: "'\(target)': expert \(index) of a model that has \(experts)")
        }
        let place = places[target] ?? stacks.count
        if place == stacks.count {
            let none = [AdapterMatrix?](repeating: nil, count: experts)
            stacks.append(Stack(target: target, rank: down.rows, downs: none, ups: none))
            places[target] = place
        }
        guard down.rows == stacks[place].rank else {
            throw .adapter(
                path: path, problem: "'\(target)': expert \(index) has rank \(down.rows), others \(stacks[place].rank)")
        }
        guard down.columns == shape.dimensions[0], up.rows == shape.dimensions[1] else {
            throw .adapter(
                path: path,
                problem: "tensor '\(target)' has shape \(shape) in the model, the adapter is for [\(down.columns), \(up.rows)]")
        }
        (stacks[place].downs[index], stacks[place].ups[index]) = (down, up)
    }

    /// The factors of each stack, A before B.
    var tensors: [(name: String, matrix: AdapterMatrix)] {
        stacks.flatMap { stack in
            [(GGUFAdapter.downSuffix, stack.downs), (GGUFAdapter.upSuffix, stack.ups)].map { suffix, matrices in
                let known = matrices.compactMap(\.self)
                let (rows, columns) = known.first.map { ($0.rows, $0.columns) } ?? (0, 0)
                let whole = matrices.map { $0 ?? AdapterMatrix(rows: rows, columns: columns) }
                return (stack.target + suffix, AdapterMatrix(stacking: whole))
            }
        }
    }
}
