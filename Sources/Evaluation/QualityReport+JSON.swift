// The report as JSON, and back.
public import JSONText
import Quantization
import Tensors

extension QualityReport {
    /// The version of the form below; readers refuse a higher one.
    static let formatVersion = 1

    /// The report as a JSON object; names of members are those of llama.cpp's figures where it has them. Divergences are in nats,
    /// probabilities shares.
    public var json: JSONValue {
        var object: JSONObject = ["format": "quern.quality", "version": .number(JSONNumber(Self.formatVersion))]
        if let text {
            object["text"] = [
                "name": .string(text.name), "n_ctx": .number(JSONNumber(text.contextLength)),
                "chunks": .number(JSONNumber(text.chunkCount)), "scored_tokens": .number(JSONNumber(text.scoredCount)),
            ]
        }
        if let reference { object["reference"] = .string(reference) }
        if let questions { object["questions"] = .string(questions) }
        object["models"] = .array(models.map(\.json))
        return .object(object)
    }

    /// Reads what `json` wrote.
    ///
    /// - Returns: nil for anything else.
    public init?(_ json: JSONValue) {
        guard json["format"]?.string == "quern.quality", let version = json["version"]?.int, version <= Self.formatVersion,
            let models = json["models"]?.array
        else { return nil }
        self.init()
        if let text = json["text"] {
            self.text = Text(
                name: text["name"]?.string ?? "", contextLength: text["n_ctx"]?.int ?? 0, chunkCount: text["chunks"]?.int ?? 0,
                scoredCount: text["scored_tokens"]?.int ?? 0)
        }
        reference = json["reference"]?.string
        questions = json["questions"]?.string
        self.models = models.compactMap(Model.init)
    }
}

extension QualityReport.Model {
    fileprivate var json: JSONValue {
        var object: JSONObject = [
            "name": .string(name), "architecture": .string(architecture), "type": .string(type),
            "size": .number(JSONNumber(byteCount)), "parameters": .number(JSONNumber(parameterCount)),
            "bits_per_weight": .figure(bitsPerWeight),
        ]
        if let perplexity { object["perplexity"] = perplexity.json }
        if let comparison { object["comparison"] = comparison.json }
        if let choices {
            object["choices"] = [
                "correct": .number(JSONNumber(choices.correct)), "count": .number(JSONNumber(choices.count)),
                "accuracy": .figure(choices.share), "low": .figure(choices.interval.lowerBound),
                "high": .figure(choices.interval.upperBound),
            ]
        }
        if !tensors.isEmpty {
            object["types"] = .array(typeErrors.map(\.json))
            object["tensors"] = .array(tensors.map(\.json))
        }
        return .object(object)
    }

    fileprivate init?(_ json: JSONValue) {
        guard let name = json["name"]?.string, let size = json["size"]?.int, let parameters = json["parameters"]?.int else {
            return nil
        }
        self.init(
            name: name, architecture: json["architecture"]?.string ?? "", type: json["type"]?.string ?? "", byteCount: size,
            parameterCount: parameters)
        perplexity = json["perplexity"].flatMap(Comparison.Figure.init)
        comparison = json["comparison"].flatMap(Comparison.init)
        if let correct = json["choices"]?["correct"]?.int, let count = json["choices"]?["count"]?.int,
            (0...max(0, count)) ~= correct
        {
            choices = ChoiceScore(correct: correct, count: count)
        }
        tensors = json["tensors"]?.array?.compactMap(TensorError.init) ?? []
    }
}

extension Comparison.Figure {
    fileprivate var json: JSONValue { ["value": .figure(value), "uncertainty": .figure(uncertainty)] }

    fileprivate init?(_ json: JSONValue) {
        guard let value = json["value"]?.double else { return nil }
        self.init(value, json["uncertainty"]?.double ?? 0)
    }
}

extension Comparison {
    fileprivate var json: JSONValue {
        [
            "positions": .number(JSONNumber(count)), "reference_perplexity": referencePerplexity.json,
            "ln_ppl_ratio": logRatio.json, "kl_divergence": divergence.json,
            "kl_percentiles": Self.json(divergencePercentiles), "kl_curve": .array(divergenceCurve.map { .figure($0) }),
            "mean_delta_p": meanDelta.json, "rms_delta_p": rootMeanSquareDelta.json,
            "delta_p_percentiles": Self.json(deltaPercentiles),
            "same_top": sameTop.json,
        ]
    }

    private static func json(_ percentiles: [Percentile]) -> JSONValue {
        .array(percentiles.map { [.figure($0.fraction), .figure($0.value)] })
    }

    fileprivate init?(_ json: JSONValue) {
        func figure(_ key: String) -> Figure { json[key].flatMap(Figure.init) ?? Figure(0, 0) }
        func percentiles(_ key: String) -> [Percentile] {
            (json[key]?.array ?? []).compactMap { pair in
                guard let pair = pair.array, pair.count == 2, let fraction = pair[0].double, let value = pair[1].double else {
                    return nil
                }
                return Percentile(fraction: fraction, value: value)
            }
        }
        guard let count = json["positions"]?.int, json["kl_divergence"] != nil else { return nil }
        self.count = count
        (referencePerplexity, logRatio) = (figure("reference_perplexity"), figure("ln_ppl_ratio"))
        divergence = figure("kl_divergence")
        divergencePercentiles = percentiles("kl_percentiles")
        divergenceCurve = json["kl_curve"]?.array?.compactMap(\.double) ?? []
        (meanDelta, rootMeanSquareDelta) = (figure("mean_delta_p"), figure("rms_delta_p"))
        deltaPercentiles = percentiles("delta_p_percentiles")
        sameTop = figure("same_top")
    }
}

extension TypeError {
    fileprivate var json: JSONValue {
        [
            "type": .string(type), "tensors": .number(JSONNumber(tensorCount)), "size": .number(JSONNumber(byteCount)),
            "elements": .number(JSONNumber(elementCount)), "rmse": .figure(rootMeanSquare), "max": .figure(maximum),
            "relative": .figure(relative),
        ]
    }
}

extension TensorError {
    fileprivate var json: JSONValue {
        [
            "name": .string(name), "type": .string(type.name), "source_type": .string(sourceType.name),
            "elements": .number(JSONNumber(elementCount)), "size": .number(JSONNumber(byteCount)), "rmse": .figure(rootMeanSquare),
            "max": .figure(maximum), "relative": .figure(relative), "source_rms": .figure(sourceRootMeanSquare),
        ]
    }

    fileprivate init?(_ json: JSONValue) {
        guard let name = json["name"]?.string, let type = json["type"]?.string.flatMap({ TensorType(named: $0) }),
            let elements = json["elements"]?.int
        else { return nil }
        self.init(
            name: name, type: type, sourceType: json["source_type"]?.string.flatMap { TensorType(named: $0) } ?? type,
            elementCount: elements, byteCount: json["size"]?.int ?? 0, rootMeanSquare: json["rmse"]?.double ?? 0,
            maximum: json["max"]?.double ?? 0, sourceRootMeanSquare: json["source_rms"]?.double ?? 0)
    }
}

extension JSONValue {
    /// A number with the digits that mean something in a measurement; null for what is none.
    fileprivate static func figure(_ value: Double) -> JSONValue {
        guard value.isFinite else { return .null }
        guard value != 0 else { return .number(JSONNumber(0)) }
        return .number(JSONNumber(QualityReport.rounded(value)))
    }
}

extension QualityReport {
    /// Rounds to nine significant digits, so that the last bits of a sum, which other kernels may give another way, are not part
    /// of a report.
    static func rounded(_ value: Double) -> Double {
        guard value.isFinite, value != 0 else { return value }
        var scale = 1.0
        var magnitude = value.magnitude
        while magnitude < 1e8, scale < 1e30 { (magnitude, scale) = (magnitude * 10, scale * 10) }
        return magnitude < 1e15 ? (value * scale).rounded() / scale : value
    }
}
