import Evaluation
import Foundation
import QualityPages
import Quantization
import Tensors
import Testing
import TransformerEngine

/// The page of a report.
@Suite struct QualityPageTests {
    private func report(_ names: [String] = ["small", "large"]) -> QualityReport {
        var report = QualityReport()
        report.text = QualityReport.Text(name: "a text", contextLength: 512, chunkCount: 3, scoredCount: 765)
        report.reference = "the source"
        for (index, name) in names.enumerated() {
            var model = QualityReport.Model(
                name: name, architecture: "llama", type: "Q\(4 * index + 4)_0", byteCount: 1_000_000 * (index + 1),
                parameterCount: 2_000_000)
            model.perplexity = Comparison.Figure(12.5, 0.25)
            let positions = (1...200).map { (position: Int) -> TokenDivergence in
                let change = Double(position % 20 - 9) / 100
                let score = TokenScore(logProbability: log(0.5 + change), best: Int32(position % 10))
                let reference = TokenScore(logProbability: log(0.5), best: 0)
                let divergence = Double(position) * 1e-4 / Double(index + 1)
                return TokenDivergence(score: score, reference: reference, divergence: divergence)
            }
            model.comparison = Comparison(positions)
            model.choices = ChoiceScore(correct: 30, count: 40)
            for layer in 0..<4 {
                for kind in ["attn_q", "ffn_down"] {
                    model.tensors.append(
                        TensorError(
                            name: "blk.\(layer).\(kind).weight", type: .q4_0, sourceType: .f16, elementCount: 1024, byteCount: 576,
                            rootMeanSquare: 0.001 * Double(layer + 1), maximum: 0.02, sourceRootMeanSquare: 0.1))
                }
            }
            report.models.append(model)
        }
        return report
    }

    private func count(_ needle: String, in page: String) -> Int { page.components(separatedBy: needle).count - 1 }

    @Test func `a page has a chart, a map and tables for what was measured`() {
        let page = QualityPage(report()).html
        #expect(count("class=\"chart\"", in: page) == 3)
        #expect(count("class=\"heat\"", in: page) == 2)
        // Eight tensors of each model, and nine steps of each legend.
        #expect(count("class=\"cell\"", in: page) == 2 * (8 + 9))
        #expect(page.contains("attn_q") && page.contains("1.00 %") && page.contains("12.500"))
    }

    @Test func `a page needs nothing from anywhere else`() {
        let page = QualityPage(report()).html
        for reference in ["http:", "https:", " src=", " href=", "@import", "url("] {
            #expect(!page.contains(reference), "\(reference)")
        }
        #expect(page.contains("default-src &#39;none&#39;"))
    }

    @Test(arguments: [
        "<script>alert(1)</script>", "\"><img onerror=x>", "'; drop", "a&b", "\u{202E}gpj.exe", "\u{1B}[2J", "</style></title>",
    ])
    func `names from files are text and nothing else`(name: String) {
        var report = report([name])
        report.reference = name
        report.questions = name
        report.text?.name = name
        report.models[0].type = name
        report.models[0].tensors[0].name = name
        let page = QualityPage(report).html
        #expect(!page.contains("<img") && !page.contains("alert(1)</script>") && !page.contains("</style></title>"))
        #expect(!page.unicodeScalars.contains { $0.value == 0x1B || $0.value == 0x202E })
        #expect(count("<script", in: page) == 1)
        #expect(balance(page).isEmpty)
    }

    /// Elements that are opened and not closed in order.
    private func balance(_ page: String) -> [Substring] {
        var open: [Substring] = []
        for match in page.matches(of: /<(\/?)([a-z0-9]+)[^>]*>/) where !["meta", "doctype"].contains(match.output.2) {
            if match.output.1.isEmpty {
                open.append(match.output.2)
            } else if open.popLast() != match.output.2 {
                return open + [match.output.2]
            }
        }
        return open
    }

    @Test func `elements are closed in the order in which they were opened`() {
        #expect(balance(QualityPage(report()).html).isEmpty)
        #expect(balance(QualityPage(QualityReport()).html).isEmpty)
    }

    @Test func `the same report gives the same bytes`() {
        #expect(QualityPage(report()).html == QualityPage(report()).html)
    }

    @Test func `figures that are zero or missing make a page, too`() throws {
        var report = report(["same"])
        report.models[0].tensors = report.models[0].tensors.map { tensor in
            var tensor = tensor
            tensor.rootMeanSquare = 0
            return tensor
        }
        let score = TokenScore(logProbability: -1, best: 1)
        report.models[0].comparison = Comparison([TokenDivergence(score: score, reference: score, divergence: 0)])
        let page = QualityPage(report).html
        #expect(page.contains("exactly the reference&#39;s values"))
        #expect(!page.lowercased().contains("nan") && !page.contains("inf\""))
        report.models[0].comparison = nil
        report.models[0].perplexity = nil
        #expect(balance(QualityPage(report).html).isEmpty)
    }
}
