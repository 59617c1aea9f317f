import JSONText
import TestSupport
import Testing

/// `quern test` and `create --test` on the sample chat model.
@Suite(.timeLimit(.minutes(2))) struct ModelTestTests {
    let bench: Workbench
    init() throws {
        bench = try Workbench()
        try bench.shell(
            "for f in \(Workbench.sample.path)/*; do ln -s $f .; done; rm -f Modelfile Modelfile.test.yaml; cp \(Workbench.sampleModelfile) ."
        )
    }

    private let good = """
        tests:
          - name: the frame
            prompt: Hi
            think: false
            expect:
              prompt: "<|im_start|>user\\nHi<|im_end|>\\n<|im_start|>assistant\\n<think>\\n\\n</think>\\n\\n"
          - name: the sky
            prompt: Why is the sky blue?
            think: false
            expect:
              stops: 80
              contains: scatters

        """

    @Test func testsPassAndLeaveNothing() throws {
        try bench.write(good, to: "Modelfile.test.yaml")
        let result = try bench.quern.run("test", "--junit", "report.xml")
        #expect(result.exitCode == 0, "\(result.output)\(result.errors)")
        #expect(result.lines.first == "Modelfile.test.yaml" && result.output.hasSuffix("2 passed\n") && result.errors.isEmpty)
        #expect(try bench.shell("cat report.xml").output.contains("tests=\"2\" failures=\"0\""))
        #expect(try bench.listed == [] && bench.blobs == [] && bench.leftovers == [])
        let json = try bench.quern.run("test", "--format", "json", "--filter", "frame")
        let tests = try JSONValue(parsing: json.output)["files"]?[0]?["tests"]?.array
        #expect(tests?.count == 1 && tests?.first?["passed"] == true)
    }

    @Test func weightsAreQuantizedForTheTests() throws {
        try bench.write("quantize: Q8_0\n" + good, to: "Modelfile.test.yaml")
        let result = try bench.quern.run("test")
        #expect(result.exitCode == 0 && result.output.hasSuffix("2 passed\n"), "\(result.output)\(result.errors)")
        try bench.write("quantize: Q9_9\n" + good, to: "Modelfile.test.yaml")
        let refused = try bench.quern.run("test")
        #expect(refused.exitCode == 1 && refused.errors.contains("Q9_9"), "\(refused.errors)")
        #expect(try bench.listed == [] && bench.blobs == [])
    }

    @Test func whatFailsIsShownAndNotCreated() throws {
        let broken = good.replacing("Hi<|im_end|>", with: "Hi <|im_end|>")
        try bench.write(broken, to: "Modelfile.test.yaml")
        let result = try bench.quern.run("test")
        #expect(result.exitCode == 1 && result.output.hasSuffix("1 passed, 1 failed\n"))
        #expect(result.output.contains("└─ ✘ prompt: the prompt differs\n"))
        #expect(result.output.contains("at line 2, character 3 (- wanted, + found)"))
        let refused = try bench.quern.run("create", "chat", "--test", "--quiet")
        #expect(
            refused.exitCode == 1 && refused.errors.hasSuffix("error: 1 passed, 1 failed; nothing was created\n"),
            "\(refused.errors)")
        #expect(try bench.listed == [] && bench.blobs == [])
        #expect(try bench.quern.run("test", "--update").exitCode == 0)
        #expect(try bench.shell("cat Modelfile.test.yaml").output == good)
        #expect(try bench.quern.run("create", "chat", "--test", "--quiet").exitCode == 0)
        #expect(try bench.listed == ["chat:latest"])
        #expect(try bench.quern.run("test", "chat", "--filter", "frame").exitCode == 0)
    }

    @Test func errorsOfAFileAreTold() throws {
        try bench.write("tests:\n  - promt: x\n", to: "Modelfile.test.yaml")
        let result = try bench.quern.run("test")
        #expect(
            result.exitCode == 1
                && result.errors.contains("Modelfile.test.yaml:2:5: error: a test has no key 'promt', did you mean 'prompt'?"))
        #expect(try bench.quern.run("test", "gone").exitCode == 1)
        #expect(try bench.quern.run("test", "--filter", "(").exitCode == 2)
    }
}
