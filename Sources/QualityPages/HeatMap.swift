// The error of every tensor at a glance: a cell for each, by layer and kind.
import Evaluation
import Glibc
import Quantization
import Tensors

/// Relative errors of a model's tensors as a grid; the darker a cell, the larger its error, by logarithm.
struct HeatMap {
    private let cells: [(kind: String, layer: Int?, tensor: TensorError)]
    private let kinds: [String]
    private let layerCount: Int
    private let range: ClosedRange<Double>

    private static let labelWidth = 128.0
    private static let rowHeight = 20.0

    /// The shades of several models, so that one stands for the same error in all of them: from a 256th of the largest error on.
    static func range(of models: [QualityReport.Model]) -> ClosedRange<Double> {
        let errors = models.flatMap(\.tensors).map(\.relative).filter { $0 > 0 && $0.isFinite }
        let highest = errors.max() ?? 1
        return max(errors.min() ?? highest, highest / 256)...highest
    }

    /// - Returns: nil where no tensor differs from its source.
    init?(_ model: QualityReport.Model, range: ClosedRange<Double>) {
        let lossy = model.tensors.filter { $0.relative > 0 && $0.relative.isFinite }
        guard !lossy.isEmpty else { return nil }
        cells = lossy.map { (ImportanceSums.kind(of: $0.name), ImportanceSums.layer(of: $0.name), $0) }
        let layered = cells.filter { $0.layer != nil }
        layerCount = min((layered.compactMap(\.layer).max() ?? -1) + 1, 4096)
        var kinds: [String] = []
        for cell in layered where !kinds.contains(cell.kind) { kinds.append(cell.kind) }
        self.kinds = kinds
        self.range = range
    }

    /// Whether there is room for something beside the map.
    var isNarrow: Bool { layerCount <= 14 }

    /// Cells of blocks as a grid, and a row of those that belong to none.
    var drawing: Markup {
        let cellWidth = max(6, min(28, (ChartFrame.width * 2 - Self.labelWidth) / Double(max(layerCount, 1))))
        var marks: [Markup] = []
        for (row, kind) in kinds.enumerated() {
            marks.append(ChartFrame.label(kind, Self.labelWidth - 8, Double(row) * Self.rowHeight + 15, anchor: "end"))
        }
        for cell in cells {
            guard let layer = cell.layer, layer < layerCount, let row = kinds.firstIndex(of: cell.kind) else { continue }
            marks.append(
                mark(
                    cell.tensor, x: Self.labelWidth + Double(layer) * cellWidth, y: Double(row) * Self.rowHeight,
                    width: cellWidth - 2))
        }
        var height = Double(kinds.count) * Self.rowHeight
        if layerCount > 0 {
            for layer in stride(from: 0, to: layerCount, by: labelStep(cellWidth)) {
                marks.append(
                    ChartFrame.label(
                        "\(layer)", Self.labelWidth + (Double(layer) + 0.5) * cellWidth - 1, height + 14, anchor: "middle"))
            }
            marks.append(ChartFrame.label("layer", Self.labelWidth - 8, height + 14, anchor: "end", style: "title"))
            height += 26
        }
        for cell in cells where cell.layer == nil {
            marks.append(ChartFrame.label(cell.kind, Self.labelWidth - 8, height + 15, anchor: "end"))
            marks.append(mark(cell.tensor, x: Self.labelWidth, y: height, width: 26))
            height += Self.rowHeight
        }
        let width = max(Self.labelWidth + Double(layerCount) * cellWidth, 300)
        return .element(
            "svg",
            [
                "viewBox": "0 0 \(Int(width.rounded(.up))) \(Int(height + 4))", "class": "heat", "role": "img",
                "style": "max-width:\(Int(width * 1.25))px", "aria-label": "Relative error of each tensor",
            ], marks)
    }

    /// What the shades stand for.
    var legend: Markup {
        let steps = (0...8).map { step in
            Markup.element(
                "rect",
                [
                    "x": "\(step * 16)", "y": "0", "width": "16", "height": "10", "class": "cell",
                    "fill-opacity": opacity(Double(step) / 8),
                ])
        }
        return .element(
            "div", ["class": "legend"],
            [
                .element("span", FigureText.short(100 * range.lowerBound, digits: 2) + " %"),
                .element("svg", ["viewBox": "0 0 144 10", "width": "144", "height": "10"], steps),
                .element(
                    "span", FigureText.short(100 * range.upperBound, digits: 2) + " % relative error"),
            ])
    }

    private func labelStep(_ cellWidth: Double) -> Int { max(1, Int((22 / cellWidth).rounded(.up))) }

    private func mark(_ tensor: TensorError, x: Double, y: Double, width: Double) -> Markup {
        let span = log(range.upperBound / range.lowerBound)
        let share = span > 0 ? log(tensor.relative / range.lowerBound) / span : 0.5
        return .element(
            "rect",
            [
                "x": ChartFrame.number(x), "y": ChartFrame.number(y + 1), "width": ChartFrame.number(width),
                "height": ChartFrame.number(Self.rowHeight - 2), "rx": "2", "class": "cell", "fill-opacity": opacity(share),
            ],
            [
                .element(
                    "title",
                    "\(tensor.name)\n\(tensor.sourceType.name) → \(tensor.type.name), relative error \(FigureText.short(100 * tensor.relative)) %\n"
                        + "RMSE \(FigureText.short(tensor.rootMeanSquare)), largest \(FigureText.short(tensor.maximum))")
            ])
    }

    private func opacity(_ share: Double) -> String { FigureText.fixed(0.08 + 0.92 * min(max(share, 0), 1), 2) }
}
