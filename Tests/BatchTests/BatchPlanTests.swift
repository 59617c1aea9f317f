import Batch
import JSONText
import Quantization
import TestSupport
import Testing

/// What a plan may say, and how it is told what it may not.
@Suite struct BatchPlans {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        for name in ["a.gguf", "b.gguf", "sub/c.gguf", "big-00001-of-00002.gguf", "big-00002-of-00002.gguf"] {
            try folder.write(Array("GGUF".utf8), to: name)
        }
        try folder.write(Array("{}".utf8), to: "checkpoint/config.json")
    }

    private func jobs(_ text: String) throws -> [BatchJob] {
        try BatchPlan(parsing: text, name: "plan.yaml").jobs(name: "plan.yaml", folder: folder.path) { name in
            guard name == "chat:q8" else { throw BatchError.sourceChanged(path: name) }
            return "/store/blob"
        }
    }

    /// Everything that a plan is told, a line each.
    private func problems(_ text: String) -> [String] {
        do {
            _ = try jobs(text)
            return []
        } catch BatchError.invalidPlan(let file, let problems) {
            return problems.map { "\(file):\($0)" }
        } catch { return ["\(error)"] }
    }

    @Test func inputsAndOutputsAreNamedFromTheTemplate() throws {
        let jobs = try jobs(
            """
            defaults: {folder: out, outputs: [q8_0]}
            jobs:
              - input: a.gguf
                outputs: [Q4_K_M, {type: F16, file: "{stem}.{type-lower}.gguf", folder: .}]
              - {input: [checkpoint, "chat:q8"]}
            """)
        #expect(jobs.map(\.input) == ["a.gguf", "checkpoint", "chat:q8"])
        #expect(
            jobs.map { $0.outputs.map(\.file) } == [
                ["out/a-Q4_K_M.gguf", "a.f16.gguf"], ["out/checkpoint-Q8_0.gguf"], ["out/chat-q8-Q8_0.gguf"],
            ])
        #expect(jobs[2].source == "/store/blob" && jobs[1].source == folder.path + "/checkpoint")
        #expect(Set(jobs.map(\.key)).count == 3)
    }

    @Test func patternsFindModelsAndNotWhatThePlanMade() throws {
        let plan = "jobs: [{input: '*', outputs: [Q8_0]}, {input: '**/c.gguf', outputs: [{type: F16, folder: elsewhere}]}]"
        let inputs = ["a.gguf", "b.gguf", "big-00001-of-00002.gguf", "checkpoint", "sub/c.gguf"]
        #expect(try jobs(plan).map(\.input) == inputs)
        let big = try jobs(plan)[2]
        #expect(big.outputs.map(\.file) == ["big-Q8_0.gguf"])
        try folder.write(Array("GGUF".utf8), to: "a-Q8_0.gguf")
        #expect(try jobs(plan).map(\.input) == inputs)
    }

    @Test func jsonIsAPlanToo() throws {
        let jobs = try jobs(#"{"jobs": [{"input": "a.gguf", "outputs": [{"type": "Q4_K", "pure": true}]}]}"#)
        #expect(jobs[0].outputs[0].target == .mix(.q4_K_M) && jobs[0].outputs[0].settings.choices.isPure)
    }

    @Test func whatIsNearerToTheOutputWins() throws {
        let jobs = try jobs(
            """
            defaults:
              imatrix: one.dat
              pure: true
              tensor-types: {ffn_down: Q6_K}
            jobs:
              - input: a.gguf
                imatrix: two.dat
                create: {name: "{stem}:{type-lower}", modelfile: Modelfile}
                outputs:
                  - Q4_0
                  - {type: Q5_0, imatrix: ~, pure: no, tensor-types: [ffn_up=Q8_0, attn=F16], create: other}
            """)
        let outputs = jobs[0].outputs
        #expect(outputs.map(\.imatrix) == [folder.path + "/two.dat", nil])
        #expect(outputs.map(\.settings.choices.isPure) == [true, false])
        #expect(outputs.map { $0.settings.choices.patterns.map(\.pattern) } == [["ffn_down"], ["ffn_up", "attn"]])
        #expect(outputs.map(\.package?.name) == ["a:q4_0", "other"])
        #expect(outputs[0].package?.modelfile == folder.path + "/Modelfile" && outputs[1].package?.modelfile == nil)
    }

    @Test func optionsOfQuantizeAreSettingsOfAPlan() throws {
        let jobs = try jobs(
            """
            defaults: {exclude-weights: [ffn, attn_q], prune-layers: [0, 2]}
            jobs:
              - input: a.gguf
                outputs: [COPY, {type: Q4_0, prune-layers: "1, 3", include-weights: attn, override-kv: {a.b: "int:5"}}]
            """)
        let outputs = jobs[0].outputs
        #expect(outputs.map(\.target) == [.copy, .mix(.q4_0)] && outputs.map(\.file) == ["a-COPY.gguf", "a-Q4_0.gguf"])
        #expect(
            jobs[0].json["outputs"]?.array?.map { $0["prune-layers"] } == [["0", "2"], ["1", "3"]])
        #expect(jobs[0].json["outputs"]?.array?.map { $0["exclude-weights"] } == [["ffn", "attn_q"], nil])
        #expect(jobs[0].json["outputs"]?.array?.last?["override-kv"] == ["a.b=int:5"])
        #expect(
            problems(
                """
                jobs:
                - input: a.gguf
                  outputs:
                  - {type: Q4_0, prune-layers: [x], override-kv: [a=1]}
                  - {type: Q4_0, include-weights: a, exclude-weights: b, allow-nan: 3}
                """) == [
                    "plan.yaml:4:33: error: 'prune-layers': 'x' is not the number of a layer",
                    "plan.yaml:4:51: error: 'override-kv': metadata override 'a=1': wanted KEY=TYPE:VALUE",
                    "plan.yaml:5:55: error: 'include-weights' and 'exclude-weights' cannot be used together",
                    "plan.yaml:5:69: error: 'allow-nan' is '3', wanted true or false",
                ])
    }

    @Test func everyProblemIsToldAtItsPlace() {
        #expect(
            problems(
                """
                default: {}
                jobs:
                  - input: a.gguf
                    outpts: [Q4_K_M]
                  - input: b.gguf
                    outputs: [Q4_KM, {type: Q8_0, pure: maybe}, {file: x, pure: true}]
                  - outputs: [Q8_0]
                  - {input: a.gguf, outputs: [{type: Q8_0, file: "{stm}.gguf", tensor-types: {ffn: Q9}}]}
                """) == [
                    "plan.yaml:1:1: error: unknown key 'default' in the plan, did you mean 'defaults'?",
                    "plan.yaml:4:5: error: unknown key 'outpts' in a job, did you mean 'outputs'?",
                    "plan.yaml:6:15: error: 'type': unknown type 'Q4_KM'; did you mean Q4_K_M?",
                    "plan.yaml:6:41: error: 'pure' is 'maybe', wanted true or false",
                    "plan.yaml:6:49: error: the output has no 'type'",
                    "plan.yaml:7:5: error: the job has no 'input'",
                    "plan.yaml:8:50: error: 'file': unknown placeholder '{stm}', did you mean '{stem}'?",
                    "plan.yaml:8:84: error: 'tensor-types': unknown tensor type 'Q9'",
                ])
    }

    @Test func inputsThatAreNotThereAreToldAtTheirPlace() {
        #expect(
            problems("jobs:\n- input: [none.gguf, 'x*.gguf', nobody]\n  outputs: [Q8_0]\n") == [
                "plan.yaml:2:11: error: input 'none.gguf': no such file or folder",
                "plan.yaml:2:22: error: input 'x*.gguf': no GGUF file or checkpoint folder fits the pattern",
                "plan.yaml:2:33: error: input 'nobody': neither a file nor a model of the store ('nobody' changed while it was read)",
            ])
    }

    @Test func outputsMustNotTakeEachOthersPlace() {
        let found = problems(
            """
            jobs:
            - {input: [a.gguf, b.gguf], outputs: [{type: Q8_0, file: out.gguf}]}
            - {input: a.gguf, outputs: [{type: Q8_0, file: ./sub/../b.gguf}]}
            """)
        #expect(found.count == 2)
        #expect(found.first?.contains("2:20: error: output 'out.gguf' would be written from 'a.gguf' and from 'b.gguf'") == true)
        #expect(found.last == "plan.yaml:3:11: error: output 'b.gguf' is the input 'b.gguf'")
        let matrix = problems("jobs:\n- {input: a.gguf, imatrix: m.gguf, outputs: [{type: Q8_0, file: m.gguf}]}\n")
        #expect(matrix.contains { $0.contains("output 'm.gguf' is an importance matrix of the plan") }, "\(matrix)")
    }

    @Test(arguments: [
        "", "jobs: [", "a: b: c", "- 1", "jobs: []", "jobs: {}", "[[[[", "jobs: [1]", "a: &a [*a]", "\u{0}", "jobs: ~",
    ])
    func whatIsNoPlanIsAnError(text: String) { #expect(!problems(text).isEmpty) }

    @Test func bracketsWithoutEndAreAnError() {
        #expect(!problems(String(repeating: "[", count: 100_000)).isEmpty)
        #expect(!problems("jobs: " + String(repeating: "{a: ", count: 50_000)).isEmpty)
    }

    @Test func sharesCoverEveryJobOnce() throws {
        let all = try jobs("jobs: [{input: [a.gguf, b.gguf, checkpoint, sub/c.gguf, 'chat:q8'], outputs: [Q8_0]}]")
        for count in 1...7 {
            for numbers in [0...(count - 1), 1...count] {
                let shares = try numbers.map { try Shard(parsing: "\($0)/\(count)").jobs(of: all).map(\.key) }
                #expect(shares.joined().sorted() == all.map(\.key).sorted())
                #expect(shares.allSatisfy { abs($0.count - all.count / count) <= 1 })
            }
        }
        for text in ["1", "3/2", "-1/2", "0/0", "a/b", "1/2/3", "/", ""] {
            #expect(throws: BatchError.invalidShard(text)) { try Shard(parsing: text) }
        }
    }
}
