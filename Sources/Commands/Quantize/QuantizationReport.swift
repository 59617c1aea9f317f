import Quantization
import Tensors

/// What `quantize --dry-run` prints: each tensor that changes, the sizes before and after, and what would stand in the way.
struct QuantizationReport {
    private let plan: QuantizationPlan
    private let name: String

    init(_ plan: QuantizationPlan, name: String) { (self.plan, self.name) = (plan, name) }

    var text: String {
        var table = TextTable()
        table.add(["TENSOR", "SHAPE", "FROM", "TO", "SIZE"])
        for (tensor, shape, from, to) in plan.types {
            let size = to.byteCount(of: shape).map(HumanFormat.bytes) ?? "-"
            table.add([tensor, shape.description, from.name, from == to ? "-" : to.name, size])
        }
        var text = table.text + "\n"
        text += "now:  \(Self.size(plan.sourceByteCount, plan.parameterCount))\n"
        text += "\(name): \(Self.size(plan.tensorByteCount, plan.parameterCount))\n"
        if let missing = plan.missingImportance { text += "warning: \(missing)\n" }
        return text
    }

    private static func size(_ bytes: Int, _ weights: Int) -> String {
        let mebibytes = HumanFormat.fixed(Double(bytes) / 1_048_576, 2)
        let bits = weights == 0 ? 0 : Double(bytes) * 8 / Double(weights)
        return "\(mebibytes) MiB (\(HumanFormat.fixed(bits, 2)) bits per weight)"
    }
}

/// What `--fit` chose: a line for each tensor, and what the model is expected to lose.
struct FittedReport {
    private let fitted: FittedTypes

    init(_ fitted: FittedTypes) { self.fitted = fitted }

    var text: String {
        var table = TextTable()
        table.add(["TENSOR", "SHAPE", "TYPE", "SIZE", "ERROR", "LOSS"])
        for choice in fitted.choices {
            let share = fitted.loss > 0 ? choice.loss / fitted.loss * 100 : 0
            table.add([
                choice.name, choice.shape.description, choice.type.name, HumanFormat.bytes(choice.byteCount),
                HumanFormat.fixed(choice.relativeError.squareRoot() * 100, 3) + "%", HumanFormat.fixed(share, 1) + "%",
            ])
        }
        return table.text + "\n"
    }
}
