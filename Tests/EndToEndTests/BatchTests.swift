import JSONText
import ModelManifest
import TestSupport
import Testing

/// `quern batch` as a user meets it: several files from one reading, kills, failures, company.
@Suite(.serialized) struct Batches {
    let bench: Workbench

    /// Types that take long enough to be killed in.
    static let slowTypes = ["Q4_K_M", "IQ4_XS", "Q6_K", "IQ3_S", "Q8_0"]

    init() throws {
        bench = try Workbench()
        // 21 MB of F32.
        let made = try bench.quern.run("quantize", Workbench.sample.path, "big.gguf", "F32")
        try #require(made.exitCode == 0, "\(made.errors)")
    }

    private func bytes(_ name: String) throws -> Data { try Data(contentsOf: bench.folder.file(name)) }

    private func digest(_ name: String) throws -> String { Digest(of: [UInt8](try bytes(name))).hex }

    private func summary(_ name: String = "plan.yaml.state/summary.json") throws -> JSONValue {
        try JSONValue(parsing: [UInt8](try bytes(name)))
    }

    /// The events that a process told.
    private func events(_ result: QuernProcess.Result) throws -> [JSONValue] {
        try result.errors.split(separator: "\n").map { try JSONValue(parsing: String($0)) }
    }

    @Test func filesFromOneReadingAreThoseOfQuantize() throws {
        try bench.write(
            """
            defaults: {folder: out}
            jobs:
              - input: big.gguf
                outputs: [Q4_K_M, Q8_0, {type: Q6_K, pure: true, tensor-types: {ffn_down: Q5_K}}]
              - input: \(Workbench.sample.path)
                outputs:
                  - {type: BF16, file: "chat.{type-lower}.gguf", create: {name: "chat:b", modelfile: Modelfile}}
                  - {type: copy, override-kv: {general.name: "str:x"}}
                  - {type: Q4_0, prune-layers: "1", override-kv: ["a=int:5"], allow-nan: yes}
            """, to: "plan.yaml")
        try bench.write("FROM x\nSYSTEM Be brief.\n", to: "Modelfile")
        let dry = try bench.quern.run("batch", "plan.yaml", "--dry-run")
        #expect(dry.exitCode == 0 && dry.errors.isEmpty)
        let planned = try #require(try JSONValue(parsing: dry.output).array)
        #expect(planned.map { $0["outputs"]?.array?.count } == [3, 3])
        #expect(Workbench.names(in: bench.folder.file("out")).isEmpty)

        let result = try bench.quern.run("batch", "plan.yaml")
        try #require(result.exitCode == 0, "\(result.errors)")
        #expect(!result.errors.contains("\u{1B}") && !result.errors.contains("\r"))
        for (type, options) in [("Q4_K_M", []), ("Q8_0", []), ("Q6_K", ["--pure", "--tensor-type", "ffn_down=Q5_K"])] {
            try bench.quern.run(["quantize", "big.gguf", "alone.gguf", type] + options)
            #expect(try bytes("out/big-\(type).gguf") == bytes("alone.gguf"), "\(type)")
        }
        try bench.quern.run("quantize", Workbench.sample.path, "alone.gguf", "BF16")
        #expect(try bytes("out/chat.bf16.gguf") == bytes("alone.gguf"))
        for (type, options) in [
            ("COPY", ["--override-kv", "general.name=str:x"]), ("Q4_0", ["--prune-layers", "1", "--override-kv", "a=int:5"]),
        ] {
            try bench.quern.run(["quantize", Workbench.sample.path, "alone.gguf", type] + options)
            let name = Workbench.sample.deletingPathExtension().lastPathComponent
            #expect(try bytes("out/\(name)-\(type).gguf") == bytes("alone.gguf"), "\(type)")
        }
        #expect(try bench.listed == ["chat:b"])
        #expect(try bench.show("chat:b")["system"]?.string == "Be brief.")
        #expect(Workbench.names(in: bench.folder.file("out")).allSatisfy { $0.hasSuffix(".gguf") })

        let outputs = try #require(try summary()["results"]?.array).flatMap { $0["outputs"]?.array ?? [] }
        #expect(outputs.count == 6)
        for output in outputs {
            let file = try #require(output["file"]?.string)
            #expect(try output["sha256"]?.string == digest(file) && output["size"]?.int == bytes(file).count)
            #expect(result.output.contains(try digest(file).prefix(16)))
        }
        // Nothing is left to do.
        let again = try bench.quern.run("batch", "plan.yaml", "--progress", "json")
        #expect(again.exitCode == 0)
        #expect(try events(again).dropLast().allSatisfy { $0["event"] == "job-end" && $0["already"] == true })
        // A file that is gone is made again, and no other.
        try FileManager.default.removeItem(at: bench.folder.file("out/big-Q8_0.gguf"))
        let tensors = try events(try bench.quern.run("batch", "plan.yaml", "--progress", "json")).filter { $0["event"] == "tensor" }
        #expect(!tensors.isEmpty && tensors.allSatisfy { $0["outputs"] == ["out/big-Q8_0.gguf"] })
    }

    @Test func killsCostNothingThatWasFinished() throws {
        let types = Self.slowTypes.joined(separator: ", ")
        try bench.write("jobs: [{input: big.gguf, outputs: [\(types)], folder: whole}]", to: "whole.yaml")
        let start = ContinuousClock.now
        #expect(try bench.quern.run("batch", "whole.yaml", "--threads", "1").exitCode == 0)
        let duration = start.duration(to: .now) / .seconds(1)

        try bench.write("jobs: [{input: big.gguf, outputs: [\(types)], folder: out}]", to: "plan.yaml")
        var random = SplitMix(state: 8)
        var (kills, made, resumed) = (0, 0, 0)
        for round in 0..<60 {
            let journaled = try journaledTensors()
            let running = try bench.quern.start(["batch", "plan.yaml", "--threads", "1", "--progress", "json"])
            // Later rounds get longer, so that there is an end to it.
            Thread.sleep(forTimeInterval: duration * (0.1 + 0.3 * random.share() + Double(round) / 40))
            running.send(round % 3 == 2 ? SIGTERM : SIGKILL)
            let result = try running.finish()
            let lines = result.errors.split(separator: "\n").compactMap { try? JSONValue(parsing: String($0)) }
            // What a journal says is kept, and not made again.
            let kept = lines.first { $0["event"] == "job-start" }?["outputs"]?.array?.compactMap { $0["tensors_kept"]?.int } ?? []
            if !kept.isEmpty, journaled.count == kept.count { #expect(zip(kept, journaled).allSatisfy { $0 == $1 }) }
            resumed += kept.reduce(0, +)
            made += lines.filter { $0["event"] == "tensor" }.reduce(0) { $0 + ($1["outputs"]?.array?.count ?? 0) }
            if result.exitCode == 0 { break }
            #expect([137, 130, 143].contains(result.exitCode), "\(result)")
            kills += 1
        }
        #expect(try bench.quern.run("batch", "plan.yaml", "--threads", "1").exitCode == 0)
        #expect(kills >= 2 && resumed > 0, "\(kills) kills in \(duration) s, \(resumed) resumed, \(made) made")
        #expect(Workbench.names(in: bench.folder.file("out")) == Workbench.names(in: bench.folder.file("whole")))
        for name in Workbench.names(in: bench.folder.file("whole")) {
            #expect(try bytes("out/\(name)") == bytes("whole/\(name)"), "\(name)")
        }
    }

    /// Tensors in the journals of `slowTypes`, in their order; empty where some are finished.
    private func journaledTensors() throws -> [Int] {
        try Self.slowTypes.compactMap { type in
            let journal = bench.folder.file("out/big-\(type).gguf.part.journal")
            guard FileManager.default.fileExists(atPath: journal.path) else { return nil }
            let text = String(decoding: try Data(contentsOf: journal), as: UTF8.self)
            return text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().count { $0.hasPrefix("{\"tensor\"") }
        }
    }

    @Test func aChangedSourceOrJournalIsNotTrusted() throws {
        try bench.write("jobs: [{input: big.gguf, outputs: [IQ4_XS, Q8_0]}]", to: "plan.yaml")
        let running = try bench.quern.start(["batch", "plan.yaml", "--threads", "1"])
        let part = bench.folder.file("big-IQ4_XS.gguf.part")
        while running.isRunning, ((try? Data(contentsOf: part).count) ?? 0) < 1 << 20 { usleep(1000) }
        running.send(SIGTERM)
        #expect(try running.finish().exitCode == 130)
        // A byte that is not what the journal says, near the beginning.
        let handle = try FileHandle(forUpdating: part)
        try handle.seek(toOffset: 100)
        try handle.write(contentsOf: Data([0xA5]))
        try handle.close()
        let result = try bench.quern.run("batch", "plan.yaml", "--progress", "json")
        #expect(result.exitCode == 0)
        for type in ["IQ4_XS", "Q8_0"] {
            try bench.quern.run("quantize", "big.gguf", "alone.gguf", type)
            #expect(try bytes("big-\(type).gguf") == bytes("alone.gguf"))
        }
        // The same name with other weights: everything is made again.
        try bench.quern.run("quantize", "big.gguf", "other.gguf", "F16")
        try FileManager.default.removeItem(at: bench.folder.file("big.gguf"))
        try FileManager.default.moveItem(at: bench.folder.file("other.gguf"), to: bench.folder.file("big.gguf"))
        #expect(try bench.quern.run("batch", "plan.yaml").exitCode == 0)
        try bench.quern.run("quantize", "big.gguf", "alone.gguf", "Q8_0")
        #expect(try bytes("big-Q8_0.gguf") == bytes("alone.gguf"))
    }

    @Test func aFailedJobLetsTheOthersGoOn() throws {
        try bench.write("GGUF and nothing more", to: "broken.gguf")
        try bench.write(
            """
            jobs:
              - {input: broken.gguf, outputs: [F16]}
              - {input: big.gguf, outputs: [F16, IQ1_S]}
              - {input: tiny.gguf, outputs: [F16]}
            """, to: "plan.yaml")
        let result = try bench.quern.run("batch", "plan.yaml")
        #expect(result.exitCode == 1)
        let states = try summary()["results"]?.array?.map { $0["status"]?.string }
        #expect(states == ["failed", "failed", "done"])
        // Of a job that fails in part, the good part is there.
        #expect(FileManager.default.fileExists(atPath: bench.folder.file("big-F16.gguf").path))
        #expect(result.output.contains("big-IQ1_S.gguf: ") && result.output.contains("importance matrix"))
        #expect(!FileManager.default.fileExists(atPath: bench.folder.file("big-IQ1_S.gguf.part").path))
        let status = try bench.quern.run("batch", "plan.yaml", "--status", "--format", "json")
        #expect(try status.exitCode == 1 && JSONValue(parsing: status.output)["jobs"]?["failed"] == 2)
    }

    @Test func processesShareAPlanWithoutMeeting() throws {
        for name in ["b", "c", "d", "e"] {
            try FileManager.default.copyItem(at: bench.folder.file("big.gguf"), to: bench.folder.file("big-\(name).gguf"))
        }
        try bench.write("jobs: [{input: 'big*.gguf', outputs: [Q4_K_M, IQ4_XS], folder: out}]", to: "plan.yaml")
        let options = [[], ["--jobs", "2"], ["--shard", "1/2"], ["--shard", "2/2"]]
        let running = try options.map {
            try bench.quern.start(["batch", "plan.yaml", "--progress", "json", "--threads", "2"] + $0)
        }
        let results = try running.map { try $0.finish() }
        #expect(results.allSatisfy { $0.exitCode == 0 }, "\(results)")
        // Each job was done once, by whomever.
        let ends = try results.flatMap { try events($0) }.filter { $0["event"] == "job-end" && $0["already"] == false }
        #expect(ends.count == 5 && Set(ends.compactMap { $0["job"]?.string }).count == 5)
        try bench.quern.run("quantize", "big.gguf", "alone.gguf", "IQ4_XS")
        for name in ["big", "big-b", "big-c", "big-d", "big-e"] {
            #expect(try bytes("out/\(name)-IQ4_XS.gguf") == bytes("alone.gguf"))
        }
        #expect(try bench.quern.run("batch", "plan.yaml", "--status").exitCode == 0)
    }

    @Test(.enabled(if: Workbench.hasPython)) func aTerminalHasALiveTable() throws {
        try bench.write("jobs: [{input: big.gguf, outputs: [Q4_K_M, IQ3_S]}]", to: "plan.yaml")
        var terminal = bench
        terminal.quern.environment["TERM"] = "xterm"
        let (screen, exitCode) = try terminal.onTerminal("batch plan.yaml --threads 1", typing: [])
        #expect(exitCode == 0)
        #expect(screen.contains("0 of 1 jobs") && screen.contains("▕") && screen.contains("big.gguf: done, 2 files"))
    }

    @Test func aPlanThatMakesNoSenseIsToldByLineAndColumn() throws {
        try bench.write("jobs:\n  - input: tiny.gguf\n    output: [Q8_0]\n", to: "plan.yaml")
        let result = try bench.quern.run("batch", "plan.yaml")
        #expect(result.exitCode == 2 && result.output.isEmpty)
        #expect(result.errors == "plan.yaml:3:5: error: unknown key 'output' in a job, did you mean 'outputs'?\n")
    }
}
