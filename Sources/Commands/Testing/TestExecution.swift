import BuildPipeline
import Bytes
import Diagnostics
import ModelManifest
import ModelService
import ModelTesting
import Quantization

/// Runs the tests of a file on what it is about. A Modelfile is built for it, and nothing of the package stays in the store.
struct TestExecution {
    let superset: SupersetOptions
    let filter: Regex<AnyRegexOutput>?
    let threads: Int?

    /// - Parameter report: gets each result as soon as it is there, and whether it is the last one.
    func run(
        _ file: TestFile, progress: BuildEvent.Handler?, report: @escaping (TestResult, Bool) throws -> Void
    ) throws -> [TestResult] {
        let cases = file.suite.cases.filter { test in
            guard let filter else { return true }
            return (try? filter.firstMatch(in: test.name)) != nil
        }
        var results: [TestResult] = []
        func runAll(_ chat: ChatModel) throws {
            for (index, test) in cases.enumerated() {
                try Interruption.check()
                let result = TestRun(TestedChat(chat: chat)).run(test)
                try Interruption.check()
                results.append(result)
                try report(result, index == cases.count - 1)
            }
        }
        switch file.subject {
        case .model(let name):
            if file.suite.quantization != nil { throw MisplacedQuantization(file: file.path) }
            try runAll(try LocalModels.onHost(for: name).open(name))
        case .modelfile(let path):
            let request = try request(path, file.suite)
            let models = try LocalModels.onHost()
            do {
                _ = try models.create(request, events: progress ?? { _ in }) { chat in
                    try runAll(chat)
                    throw Finished()
                }
            } catch is Finished {}
        }
        return results
    }

    /// Thrown when all tests have run, so that the package gets no name.
    private struct Finished: Error {}

    /// A model that is there already has its type.
    private struct MisplacedQuantization: Error, CustomStringConvertible {
        let file: String
        var description: String { "\(file): 'quantize' goes with a Modelfile that is built, not with an installed model" }
    }

    private func request(_ path: String, _ suite: TestSuite) throws -> BuildRequest {
        var superset = superset
        superset.target = superset.target ?? suite.target
        let given = try superset.values()
        superset.arguments += suite.arguments.sorted { $0.key < $1.key }.filter { given[$0.key] == nil }.map {
            "\($0.key)=\($0.value)"
        }
        let reading = ModelfileReading(path: path)
        let fileType = try suite.quantization.map { try FileType(named: $0) }
        return BuildRequest(
            plan: try reading.plan(superset, quantization: fileType?.name), name: try ModelName("quern-test"),
            folder: reading.folder, fileType: fileType, linksFiles: true, threads: threads)
    }
}
