import Evaluation
import JSONText
import Quantization
import Tensors
import Testing
import TransformerEngine

/// Reports as JSON.
@Suite struct QualityReportTests {
    private var report: QualityReport {
        var report = QualityReport()
        report.text = QualityReport.Text(name: "text.txt", contextLength: 512, chunkCount: 2, scoredCount: 510)
        report.reference = "f16"
        var model = QualityReport.Model(name: "q4", architecture: "llama", type: "Q4_0", byteCount: 900, parameterCount: 1600)
        model.perplexity = Comparison.Figure(10.25, 0.5)
        let positions = (1...100).map { (position: Int) -> TokenDivergence in
            let score = TokenScore(logProbability: -Double(position) / 32, best: 1)
            let reference = TokenScore(logProbability: -Double(position) / 64, best: Int32(position % 2))
            return TokenDivergence(score: score, reference: reference, divergence: Double(position) / 128)
        }
        model.comparison = Comparison(positions)
        model.choices = ChoiceScore(correct: 3, count: 4)
        model.tensors = [
            TensorError(
                name: "a", type: .q4_0, sourceType: .f16, elementCount: 64, byteCount: 36, rootMeanSquare: 0.5, maximum: 1,
                sourceRootMeanSquare: 2)
        ]
        report.models = [model]
        return report
    }

    @Test func `a report read back gives the same JSON`() throws {
        let json = report.json
        let read = try #require(QualityReport(JSONValue(parsing: json.bytes(.pretty))))
        #expect(read.json == json)
        #expect(read.models[0].tensors == report.models[0].tensors)
        #expect(read.models[0].choices == report.models[0].choices)
        #expect(json["models"]?[0]?["bits_per_weight"]?.double == 4.5)
        #expect(json["models"]?[0]?["comparison"]?["same_top"]?["value"]?.double == 0.5)
    }

    @Test func `other JSON is no report`() throws {
        #expect(QualityReport([:]) == nil)
        var newer = try #require(report.json.object)
        newer["version"] = 99
        #expect(QualityReport(.object(newer)) == nil)
    }

    @Test func `errors of a type are those of its tensors together`() throws {
        var model = report.models[0]
        model.tensors.append(
            TensorError(
                name: "b", type: .q4_0, sourceType: .f16, elementCount: 192, byteCount: 108, rootMeanSquare: 0, maximum: 0,
                sourceRootMeanSquare: 2))
        let type = try #require(model.typeErrors.first)
        #expect((type.tensorCount, type.elementCount, type.maximum) == (2, 256, 1))
        #expect(type.rootMeanSquare == 0.25)
        #expect(type.relative == 0.125)
    }
}
