/// Which layers of a model are left out, and what the tensors of the others are called then: llama-quantize's `--prune-layers`.
///
/// Layers keep their numbers up to the first one that is left out; those behind it get the next free number, in order.
struct LayerPruning {
    /// What each old layer is called now; nil for one that is left out.
    private var numbers: [Int: Int?] = [:]
    /// Layers that are left.
    private(set) var layerCount = 0

    private static let marker = "blk."

    /// - Parameter names: the tensors' names in the file's order.
    init(_ pruned: Set<Int>, names: [String]) {
        guard let first = pruned.min() else { return }
        for layer in names.compactMap({ Self.place(in: $0)?.layer }) where numbers[layer] == nil {
            if pruned.contains(layer) {
                numbers.updateValue(nil, forKey: layer)
            } else {
                if layer < first { layerCount = layer }
                numbers.updateValue(layerCount, forKey: layer)
                layerCount += 1
            }
        }
    }

    /// The name that a tensor has from now on; nil where its layer is left out.
    func renamed(_ name: String) -> String? {
        guard let place = Self.place(in: name), let number = numbers[place.layer] else { return name }
        guard let number else { return nil }
        return name.replacingCharacters(in: place.digits, with: String(number))
    }

    /// The first `blk.NUMBER.` of a name, wherever it stands.
    private static func place(in name: String) -> (layer: Int, digits: Range<String.Index>)? {
        for range in name.ranges(of: marker) {
            let digits = name[range.upperBound...].prefix { $0.isASCII && $0.isNumber }
            if let layer = Int(digits), name[digits.endIndex...].hasPrefix(".") {
                return (layer, digits.startIndex..<digits.endIndex)
            }
        }
        return nil
    }
}

extension String {
    fileprivate func replacingCharacters(in range: Range<Index>, with text: String) -> String {
        self[..<range.lowerBound] + text + self[range.upperBound...]
    }
}
