import Compute
import Runner
import Sampling
import TestSupport
import Testing
import Tokenization

/// The probabilities of an answer's tokens are told as the model gave them.
@Suite struct ReportedProbabilities {
    @Test(arguments: [false, true]) func oneReportAToken(guessing: Bool) throws {
        let folder = try TemporaryFolder()
        let model = try LoadedModel(path: folder.write(TinyModelFile.llama(sharpness: 400).bytes, to: "m.gguf").path)
        var options = RunOptions()
        options.predict = 24
        options.topLogProbabilities = 3
        options.usesLookup = guessing
        options.sampling.temperature = 0
        let generator = try TextGenerator(model: model, options: options, pool: ThreadPool(threads: 1))
        var reports: [LogProbabilities] = []
        let prompt = model.tokenizer.encode("ab ab ab ab")
        let summary = try generator.generate(prompt, options: options, onToken: { reports.append($0) }) { _ in }
        #expect(reports.count == summary.generatedTokens - (summary.endReason == .stop ? 1 : 0))
        #expect(!reports.isEmpty)
        for report in reports {
            // The most likely token was drawn.
            #expect(report.top.first == report.chosen && report.top.count == 3)
            #expect(report.top.map(\.logProbability) == report.top.map(\.logProbability).sorted(by: >))
            #expect(report.chosen.logProbability <= 0)
        }
    }
}
