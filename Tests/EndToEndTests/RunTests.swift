import JSONText
import TestSupport
import Testing

/// One question, one answer.
@Suite struct Running {
    let bench: Workbench
    init() throws { bench = try Workbench() }

    static let answer =
        "The sky is blue because air scatters sunlight. Blue light has a short wavelength, so it is scattered much more than red "
        + "light, and it reaches our eyes from every direction.\n\n"

    @Test func thePromptMayComeFromWordsOrInput() throws {
        try bench.createSample()
        let question = "Why is the sky blue?"
        #expect(try bench.quern.run("run", "--think=false", "chat", question).output == Self.answer)
        #expect(try bench.quern.run("run", "chat", "Why", "is", "the sky", "blue?", "--think=false").output != "")
        #expect(try bench.quern.run("run", "--think=false", "chat", "Why", "is", "the sky", "blue?").output == Self.answer)
        #expect(try bench.quern.run(["run", "--think=false", "chat"], input: question + "\n").output == Self.answer)
        #expect(try bench.quern.run(["run", "--think=false", "chat", "sky blue?"], input: "Why is the\n").output == Self.answer)
        let nothing = try bench.quern.run(["run", "chat"], input: "")
        #expect(nothing.output.isEmpty && nothing.errors.isEmpty && nothing.exitCode == 0)
    }

    @Test func aKeptContextSavesTheNextRunThePrompt() throws {
        try bench.createSample()
        func run(_ arguments: String...) throws -> (output: String, errors: String, exitCode: Int32) {
            let result = try bench.quern.run(["run", "--think=false", "--prompt-cache", "context.kv"] + arguments)
            return (result.output, result.errors, result.exitCode)
        }
        for _ in 0..<2 { #expect(try run("chat", "Why is the sky blue?").output == Self.answer) }
        let changed = try run("--cache-type", "q8_0", "chat", "Why is the sky blue?")
        #expect(changed.errors == "warning: the prompt cache 'context.kv' is made anew: its KV cache is of another type\n")
        #expect(changed.output == Self.answer)
        try bench.write("mine", to: "context.kv")
        let refused = try run("chat", "Why is the sky blue?")
        #expect(refused.exitCode == 1 && refused.errors.contains("'context.kv' is not a prompt cache"))
        #expect(refused.output.isEmpty)
    }

    @Test func thinkingIsShownOrHidden() throws {
        try bench.createSample()
        let thought = "Thinking...\nThe user asks a simple question. I know the answer.\n...done thinking.\n\n" + Self.answer
        let question = "Why is the sky blue?"
        for flags in [[], ["--think"], ["--think=true"], ["--think", "--nowordwrap", "--keepalive", "5m"]] {
            #expect(try bench.quern.run(["run"] + flags + ["chat", question]).output == thought, "\(flags)")
        }
        #expect(try bench.quern.run("run", "--hidethinking", "chat", question).output == Self.answer)
        try bench.create("plain", "FROM ./tiny.gguf\nPARAMETER num_predict 4")
        let plain = try bench.quern.run("run", "--think", "plain", "ab")
        #expect(plain.exitCode == 0 && plain.errors.hasPrefix("warning: ") && plain.errors.contains("does not support thinking"))
    }

    @Test func stopStringsEndTheAnswer() throws {
        try bench.createSample()
        try bench.create("short", "FROM chat\nPARAMETER stop \"scatters sun\"\nPARAMETER stop \". Blue\"")
        #expect(
            try bench.quern.run("run", "--think=false", "short", "Why is the sky blue?").output
                == "The sky is blue because air \n\n")
        try bench.create("limited", "FROM chat\nPARAMETER num_predict 3")
        let limited = try bench.quern.run("run", "--think=false", "limited", "Why is the sky blue?").output
        #expect(Self.answer.hasPrefix(limited.dropLast(2)) && limited.count < 20)
    }

    @Test func aSeedRepeatsTheAnswer() throws {
        try bench.create("random", "FROM ./tiny.gguf\nPARAMETER temperature 2\nPARAMETER num_predict 12\nPARAMETER top_k 0")
        let answers = try (0..<3).map { _ in try bench.quern.run("run", "--seed", "7", "random", "ab").output }
        #expect(Set(answers).count == 1)
        #expect(Set(try (1...6).map { try bench.quern.run("run", "--seed", "\($0)", "random", "ab").output }).count > 1)
        try bench.create("seeded", "FROM random\nPARAMETER seed 7")
        #expect(try bench.quern.run("run", "seeded", "ab").output == answers[0])
    }

    @Test func statisticsAreNoPartOfTheAnswer() throws {
        try bench.createSample()
        let result = try bench.quern.run("run", "--think=false", "--verbose", "chat", "Why is the sky blue?")
        #expect(result.output == Self.answer)
        for name in ["total duration:", "load duration:", "prompt eval count:", "prompt eval rate:", "eval count:", "eval rate:"] {
            #expect(result.errors.contains("\n" + name) || result.errors.hasPrefix(name), "\(name)")
        }
        #expect(result.errors.contains("36 token(s)") && result.errors.contains("18 token(s)"))
    }

    @Test func aFileRunsWithoutAStore() throws {
        let result = try bench.quern.run("run", "tiny.gguf", "ab")
        #expect(result.exitCode == 0 && result.errors.isEmpty && result.output.hasSuffix("\n\n"))
        #expect(!FileManager.default.fileExists(atPath: bench.quern.store.path))
    }

    @Test func promptsThatAreTooLongAreFitted() throws {
        try bench.create("narrow", "FROM ./tiny.gguf\nPARAMETER num_ctx 16\nPARAMETER num_predict 4\nPARAMETER temperature 0")
        let result = try bench.quern.run("run", "narrow", String(repeating: "ab ", count: 200))
        #expect(result.exitCode == 0 || result.isOneClearError)
        #expect(result.exitCode == 0)
    }

    @Test(arguments: [
        "num_ctx", "num_batch", "num_thread", "num_keep", "num_predict", "seed", "top_k", "repeat_last_n",
    ])
    func extremeNumbersAreNoTrap(name: String) throws {
        for value in ["9223372036854775807", "-9223372036854775808", "4611686018427387904", "0"] {
            try bench.create("odd", "FROM ./tiny.gguf\nPARAMETER num_predict 2\nPARAMETER \(name) \(value)")
            let result = try bench.quern.run("run", "odd", "ab")
            #expect(result.exitCode == 0 || result.isOneClearError, "\(value): \(result)")
        }
    }

    @Test func tokensAndLogitsAndSpeed() throws {
        try bench.create("chat", "FROM ./tiny.gguf")
        for model in ["chat", "tiny.gguf"] {
            #expect(try bench.quern.run(["tokenize", model, "--json"], input: "ab").output == "[1,262,261]\n")
            #expect(
                try bench.quern.run(["tokenize", model, "--json", "--no-bos"], input: "</s>\u{0}").output.hasPrefix("[259,63,"))
            #expect(try bench.quern.run(["tokenize", model, "--json", "--no-bos", "--special"], input: "</s>").output == "[2]\n")
            let logits = try bench.quern.run("logits", model, "--ids", "1,259,263", "--json")
            let rows = try #require(try JSONValue(parsing: logits.output)["logits"]?.array)
            #expect(rows.count == 3 && rows.allSatisfy { $0.array?.count == 264 })
            #expect(rows.allSatisfy { $0.array?.allSatisfy { $0.double?.isFinite == true } == true })
            let speed = try bench.quern.run("bench", model, "-p", "8", "-n", "4", "-r", "2", "-t", "1", "--json")
            let tests = try #require(try JSONValue(parsing: speed.output).array)
            #expect(tests.compactMap { $0["test"]?.string } == ["pp8", "tg4"])
            #expect(tests.allSatisfy { ($0["tokens_per_second"]?.double ?? 0) > 0 && $0["samples"]?.array?.count == 2 })
        }
        #expect(try bench.quern.run("bench", "chat", "-p", "4", "-n", "0", "-r", "1").lines.count == 3)
        for ids in ["264", "-1", "99999999"] { #expect(try bench.quern.run("logits", "chat", "--ids=\(ids)").isOneClearError) }
    }
}
