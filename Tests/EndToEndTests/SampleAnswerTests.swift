import JSONText
import TestSupport
import Testing

/// The sample's conversations, built, asked and answered by the program as the reference answered them.
@Suite struct SampleAnswers {
    let bench: Workbench

    init() throws {
        bench = try Workbench()
        try bench.createSample()
    }

    struct Case: CustomTestStringConvertible, Sendable {
        let json: JSONValue
        var testDescription: String { json["name"]?.string ?? "" }
        var messages: [(role: String, content: String)] {
            json["messages"]?.array?.map { ($0["role"]?.string ?? "", $0["content"]?.string ?? "") } ?? []
        }
        /// Whether the conversation can be had with `run`: there are no tools on the command line, and thinking is on or off.
        var canBeRun: Bool { json["tools"]?.isNull == true && json["options"]?["enable_thinking"] != nil }
    }

    static let all: [Case] = {
        let path = Workbench.sample.appendingPathComponent("EXPECTED.json")
        let cases = try? JSONValue(parsing: [UInt8](Data(contentsOf: path))).array
        return cases?.map(Case.init) ?? []
    }()

    @Test func mostConversationsCanBeRun() { #expect(Self.all.count == 28 && Self.all.count(where: \.canBeRun) == 22) }

    @Test(arguments: all.filter(\.canBeRun))
    func areThoseOfTheReference(sample: Case) throws {
        let thinks = sample.json["options"]?["enable_thinking"]?.bool == true
        // What came before the question is the package's.
        var modelfile = "FROM chat\n"
        for message in sample.messages.dropLast() {
            modelfile += message.role == "system" ? "SYSTEM " : "MESSAGE \(message.role) "
            modelfile += "\"\"\"\(message.content)\"\"\"\n"
        }
        #expect(try bench.create("asked", modelfile).exitCode == 0)
        let question = try #require(sample.messages.last)
        #expect(question.role == "user")
        let result = try bench.quern.run("run", "--think=\(thinks)", "asked", question.content)
        #expect(result.output == (try wanted(sample, thinks: thinks)))
        #expect(result.exitCode == 0 && result.errors.isEmpty)
    }

    private func wanted(_ sample: Case, thinks: Bool) throws -> String {
        let text = try #require(sample.json["greedy_text"]?.string)
        #expect(text.hasSuffix("<|im_end|>"))
        let answer = text.dropLast("<|im_end|>".count)
        guard thinks else { return answer + "\n\n" }
        let parts = answer.split(separator: "\n</think>\n\n", maxSplits: 1)
        try #require(parts.count == 2)
        return "Thinking...\n\(parts[0])\n...done thinking.\n\n\(parts[1])\n\n"
    }
}
