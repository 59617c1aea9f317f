import ArgumentParser
import Bytes
import Diagnostics
import JSONText
import ModelTesting

struct TestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test", abstract: "Run the tests beside a Modelfile",
        discussion: """
            Modelfile.test.yaml declares conversations and what must hold of each: the prompt to the last blank, its tokens, that
            the answer ends, what is in it, the tool that is called. The Modelfile is built for the run, and nothing of it stays
            in the store. Documentation/Testing.md describes the file.

            EXAMPLES
              quern test                                   ./Modelfile.test.yaml on ./Modelfile
              quern test models/chat --filter sky --junit report.xml
              quern test chat --tests chat.test.yaml       on an installed model
              quern test --update                          write the prompts as they are into the file
              quern test --watch                           again after every change

            Exit codes: 0 all passed, 1 something failed, 2 a command line that makes no sense.
            """)

    @Argument(help: ArgumentHelp("A folder, a Modelfile, a test file, or an installed model.", valueName: "path")) var path = "."
    @Option(help: ArgumentHelp("The test file, where it does not lie beside the Modelfile.", valueName: "file")) var tests: String?
    @Option(help: ArgumentHelp("Run the tests whose names match this regular expression.", valueName: "pattern")) var filter:
        String?
    @Option(help: ArgumentHelp("Write a JUnit report here; '-' is standard output.", valueName: "file")) var junit: String?
    @Flag(help: "Write the prompts as they are into the test file.") var update = false
    @Flag(help: "Run again after every change of the files, until interrupted.") var watch = false
    @Option(help: ArgumentHelp("Threads; all that the process may use if not given.", valueName: "count")) var threads: Int?
    @OptionGroup var answer: FormatOption
    @OptionGroup var superset: SupersetOptions

    func validate() throws {
        if let filter, (try? Regex(filter)) == nil { throw ValidationError("--filter: '\(filter)' is no regular expression") }
        if junit == "-", answer.format == .json { throw ValidationError("--junit - and --format json both go to standard output") }
        guard (threads ?? 1) >= 1, (threads ?? 1) <= 1024 else { throw ValidationError("threads must be from 1 to 1024") }
    }

    func run() throws {
        guard watch else { return try runOnce() }
        while true {
            let file = try? TestFile(path, tests: tests)
            // Made before the run, so that what changes meanwhile counts.
            let changes = FileWatch(file?.watched ?? [tests ?? path])
            do { try runOnce() } catch let error as Interrupted { throw error } catch is AlreadyReported {
            } catch { Console.note("error: \(error)") }
            try changes.wait()
        }
    }

    private func runOnce() throws {
        let file = try TestFile(path, tests: tests)
        let execution = TestExecution(superset: superset, filter: try filter.map { try Regex($0) }, threads: threads)
        let isTree = answer.format == .text && junit != "-"
        let color = Console.allowsColour(.output)
        if isTree { try Console.put(TestReport(file: file.path, results: []).tree(color: color)) }
        let results = try execution.run(file, progress: nil) { result, isLast in
            if isTree { try Console.put(TestReport.lines(of: result, isLast: isLast, color: color)) }
        }
        let report = TestReport(file: file.path, results: results)
        if isTree { try Console.putLine(results.isEmpty ? "no test was run" : report.summary) }
        if answer.format == .json { try Console.putLine([report].json.text(.pretty)) }
        if let junit { try write(TestJUnitReport.render([report]), to: junit) }
        if update { try self.update(file, results) }
        if !report.hasPassed && !(update && onlyPromptsFailed(results)) { throw AlreadyReported() }
    }

    private func onlyPromptsFailed(_ results: [TestResult]) -> Bool {
        results.allSatisfy { $0.checks.allSatisfy { $0.failure == nil || $0.name == "prompt" } }
    }

    private func update(_ file: TestFile, _ results: [TestResult]) throws {
        var prompts: [Int: String] = [:]
        for result in results {
            // A test is known by its line: names may repeat.
            if let index = file.suite.cases.firstIndex(where: { $0.line == result.test.line }) { prompts[index] = result.prompt }
        }
        guard let text = PromptUpdate.apply(prompts, to: file.source) else { return }
        try ModelfileReading.replace(file.path, by: Array(text.utf8))
        Console.note("updated '\(file.path)'")
    }

    private func write(_ text: String, to path: String) throws {
        guard path != "-" else { return try Console.put(text) }
        let replacement = try FileReplacement(path: path)
        try replacement.write(Array(text.utf8))
        try replacement.commit()
    }
}
