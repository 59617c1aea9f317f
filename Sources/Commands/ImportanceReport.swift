import Quantization

/// What is said of an importance matrix: what it does not cover, and its figures as a table.
struct ImportanceReport {
    private let sums: ImportanceSums

    init(_ sums: ImportanceSums) { self.sums = sums }

    /// A line for each tensor of which some expert saw no token; the words are close to llama-imatrix's.
    var coverage: [String] {
        sums.partial.compactMap { name in
            guard let entry = sums.entries[name] else { return nil }
            let unseen = entry.counts.indices.filter { entry.counts[$0] == 0 }
            let share = HumanFormat.fixed(100 * Double(entry.seenCount) / Double(entry.counts.count), 2)
            let listed = unseen.prefix(8).map(String.init).joined(separator: ", ") + (unseen.count > 8 ? ", …" : "")
            return "'\(name)' has partial data (\(share)%): no token reached expert \(listed)"
        }
    }

    /// A table of every tensor's figures, and one of layers.
    var statistics: String {
        let figures = sums.statistics()
        var table = TextTable()
        table.add([
            "LAYER", "TENSOR", "Σ(ACT²)", "MIN", "MAX", "MEAN", "σ", "ACTIVE", "N", "ENTROPY", "EVENNESS", "OUTLIERS", "SIMILARITY",
            "SEEN",
        ])
        for figure in figures {
            table.add([
                ImportanceSums.layer(of: figure.tensor).map(String.init) ?? "-", ImportanceSums.kind(of: figure.tensor),
                number(figure.total, 2), number(figure.minimum, 4), number(figure.maximum, 4), number(figure.mean, 4),
                number(figure.deviation, 4), percent(figure.activeShare), "\(figure.count)", number(figure.entropy, 4),
                percent(figure.evenness), percent(figure.outlierShare), figure.similarity.map { number($0, 4) } ?? "-",
                "\(figure.seenCount)/\(figure.matrixCount)",
            ])
        }
        return table.text + "\n" + layers(figures)
    }

    /// Means over a layer's tensors, weighed by their columns.
    private func layers(_ figures: [ImportanceSums.Statistics]) -> String {
        let byLayer = Dictionary(grouping: figures) { ImportanceSums.layer(of: $0.tensor) }
        var table = TextTable()
        table.add(["LAYER", "MEAN Σ(ACT²)", "OUTLIERS", "SIMILARITY"])
        for layer in byLayer.keys.compactMap({ $0 }).sorted() {
            let members = byLayer[layer] ?? []
            let weight = Double(members.reduce(0) { $0 + $1.count })
            func mean(_ value: (ImportanceSums.Statistics) -> Double) -> Double {
                members.reduce(0) { $0 + Double($1.count) * value($1) } / max(weight, 1)
            }
            table.add([
                "\(layer)", number(mean(\.total), 2), percent(mean(\.outlierShare)), number(mean { $0.similarity ?? 0 }, 4),
            ])
        }
        return table.text
    }

    private func number(_ value: Double, _ digits: Int) -> String { HumanFormat.fixed(value, digits) }
    private func percent(_ share: Double) -> String { HumanFormat.fixed(100 * share, 2) + "%" }
}
