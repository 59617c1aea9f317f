import JSONText
import ModelManifest
import TestSupport
import Testing

/// Work that is cut off: by a kill at any moment, by Ctrl-C, by company.
@Suite(.serialized) struct Interruptions {
    let bench: Workbench
    /// Seconds that an undisturbed build of `big.gguf` takes here.
    let duration: Double

    static let quantizing = ["create", "victim", "-f", "big.modelfile", "-q", "Q4_K_M", "--threads", "1"]
    static let copying = ["create", "victim", "-f", "big.modelfile"]

    init() throws {
        bench = try Workbench()
        // 21 MB of F32.
        let made = try bench.quern.run("quantize", Workbench.sample.path, "big.gguf", "F32")
        try #require(made.exitCode == 0, "\(made.errors)")
        try bench.write("FROM ./big.gguf\nSYSTEM victim\n", to: "big.modelfile")
        try bench.create("kept", "FROM ./tiny.gguf\nSYSTEM kept")
        let start = ContinuousClock.now
        try bench.quern.run(Self.quantizing)
        duration = start.duration(to: .now) / .seconds(1)
        try bench.quern.run("rm", "victim")
    }

    /// Everything that `list` shows can be run: each blob is there, with its size and digest.
    private func checkListed() throws {
        for name in try bench.listed {
            let manifest = try bench.manifest(name)
            for descriptor in manifest.descriptors {
                let path = bench.quern.store.appendingPathComponent("blobs/" + descriptor.digest.fileName)
                let bytes = try Data(contentsOf: path, options: .alwaysMapped)
                #expect(bytes.count == descriptor.size, "\(name): \(descriptor.digest)")
                if bytes.count < 1 << 20 { #expect(Digest(of: [UInt8](bytes)) == descriptor.digest, "\(name)") }
            }
        }
    }

    @Test func aKillAtAnyMomentHarmsNothing() throws {
        var random = SplitMix(state: 20)
        var killed = 0
        for round in 0..<20 {
            let running = try bench.quern.start(round % 3 == 0 ? Self.copying : Self.quantizing)
            Thread.sleep(forTimeInterval: duration * random.share() * (round % 3 == 0 ? 0.4 : 1.1))
            running.send(SIGKILL)
            if try running.finish().exitCode == 137 { killed += 1 }
            try checkListed()
            #expect(try bench.listed.contains("kept:latest"))
        }
        #expect(killed >= 5, "killed only \(killed) of 20 in \(duration) s")
        // The next one works, runs, and takes away what the dead left.
        #expect(try bench.quern.run(Self.quantizing).exitCode == 0)
        #expect(try bench.quern.run(["tokenize", "victim", "--json"], input: "x").exitCode == 0)
        #expect(try bench.quern.run("run", "kept", "ab").exitCode == 0)
        #expect(bench.leftovers.isEmpty)
        try bench.quern.run("rm", "victim", "kept")
        #expect(bench.blobs.isEmpty)
    }

    @Test(arguments: [SIGINT, SIGTERM])
    func askedToStopItLeavesTheStoreAsItWas(signal: Int32) throws {
        let before = bench.blobs
        var stopped = 0
        for share in [0.15, 0.3, 0.45, 0.6, 0.75, 0.9] {
            let running = try bench.quern.start(Self.quantizing)
            Thread.sleep(forTimeInterval: duration * share)
            running.send(signal)
            let result = try running.finish()
            if result.exitCode == 0 {
                try bench.quern.run("rm", "victim")
            } else {
                stopped += 1
                #expect(result.exitCode == 130 || result.exitCode == 128 + signal, "\(result)")
                #expect(result.output.isEmpty && !result.errors.contains("error"), "\(result.errors)")
            }
            #expect(bench.blobs == before && bench.leftovers.isEmpty)
            #expect(try bench.listed == ["kept:latest"])
        }
        #expect(stopped >= 2)
    }

    @Test func stoppingACopyIsNoError() throws {
        let before = bench.blobs
        for share in [0.02, 0.05, 0.08, 0.1, 0.15] {
            let running = try bench.quern.start(Self.copying)
            Thread.sleep(forTimeInterval: duration * share)
            running.send(SIGINT)
            let result = try running.finish()
            #expect(result.exitCode == 0 || result.exitCode == 130, "\(result)")
            #expect(!result.errors.contains("error"), "\(result.errors)")
            if result.exitCode == 0 { try bench.quern.run("rm", "victim") }
            #expect(bench.blobs == before)
        }
    }

    @Test func anOutputIsOldOrNew() throws {
        let files = Set(Workbench.names(in: bench.folder.url) + ["out.gguf"])
        for (signal, share) in [(SIGINT, 0.2), (SIGINT, 0.5), (SIGINT, 0.8), (SIGKILL, 0.3), (SIGKILL, 0.6), (SIGKILL, 0.9)] {
            try bench.write("old", to: "out.gguf")
            let running = try bench.quern.start(["quantize", "big.gguf", "out.gguf", "Q4_K_M", "--threads", "1"])
            Thread.sleep(forTimeInterval: duration * share)
            running.send(signal)
            let result = try running.finish()
            if result.exitCode == 0 {
                #expect(try bench.quern.run("show", "out.gguf").exitCode == 0)
            } else {
                let content = try Data(contentsOf: bench.folder.file("out.gguf"))
                #expect(content == Data("old".utf8) || content.prefix(4) == Data("GGUF".utf8))
                #expect(result.exitCode == (signal == SIGINT ? 130 : 137))
            }
            // Only a kill may leave the part, under a name that says what it is.
            let strange = Set(Workbench.names(in: bench.folder.url)).subtracting(files)
            #expect(signal == SIGKILL || strange.isEmpty, "\(strange)")
            for name in strange {
                #expect(name.hasPrefix("out.gguf.") && name.hasSuffix(".part"))
                try FileManager.default.removeItem(at: bench.folder.file(name))
            }
        }
    }

    @Test func aRunIsInterrupted() throws {
        try bench.write(.llama(width: 256, blocks: 8), to: "slow.gguf")
        try bench.create(
            "slow", "FROM ./slow.gguf\nPARAMETER temperature 0\nPARAMETER num_predict 100000\nPARAMETER repeat_penalty 1")
        let running = try bench.quern.start(["run", "slow", "ab"])
        Thread.sleep(forTimeInterval: 0.3)
        running.send(SIGINT)
        let result = try running.finish()
        #expect(result.exitCode == 130)
        #expect(result.errors.isEmpty, "\(result.errors)")
    }

    @Test func waitingForInputIsInterrupted() throws {
        // The pipe's other end stays open and says nothing.
        for signal in ["INT", "TERM"] {
            let result = try bench.shell(
                "mkfifo in-\(signal); exec 3<>in-\(signal); \"$QUERN\" tokenize kept <&3 & sleep 0.5; kill -\(signal) $!; wait $!; echo $?"
            )
            #expect(result.output == "130\n" && result.errors.isEmpty, "\(result)")
        }
    }

    @Test func severalBuildAtOnce() throws {
        let names = ["one", "two", "victim", "victim"]
        let running = try names.map {
            try bench.quern.start(["create", $0, "-f", "big.modelfile", "-q", "Q8_0", "--threads", "1"])
        }
        for process in running {
            let result = try process.finish()
            #expect(result.exitCode == 0, "\(result.errors)")
        }
        #expect(Set(try bench.listed) == ["kept:latest", "one:latest", "two:latest", "victim:latest"])
        #expect(try bench.digests("one", of: .model) == bench.digests("victim", of: .model))
        try checkListed()
        #expect(bench.leftovers.isEmpty)
    }

    @Test func buildingBesideDeletingHarmsNothing() throws {
        for round in 0..<6 {
            try bench.create("base", "FROM ./tiny.gguf\nSYSTEM shared")
            try bench.write("FROM base\nPARAMETER top_k \(round + 1)\n", to: "child.modelfile")
            let builders = try (0..<2).map { try bench.quern.start(["create", "child\($0)", "-f", "child.modelfile"]) }
            let remover = try bench.quern.start(["rm", "base", "kept"])
            let results = try builders.map { try $0.finish() }
            #expect(try remover.finish().exitCode == 0)
            for result in results where result.exitCode != 0 {
                #expect(
                    result.isOneClearError && (result.errors.contains("base") || result.errors.contains("missing")), "\(result)")
            }
            try checkListed()
            for index in 0..<2 { try bench.quern.run("rm", "child\(index)") }
            #expect(try bench.listed.isEmpty)
            #expect(bench.blobs.isEmpty)
            try bench.create("kept", "FROM ./tiny.gguf\nSYSTEM kept")
        }
    }
}

/// Numbers that are the same in every run (Steele, Lea, Flood: SplitMix64, 2014).
struct SplitMix {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// From 0 up to 1.
    mutating func share() -> Double { Double(next() >> 11) / Double(UInt64(1) << 53) }

    mutating func below(_ limit: Int) -> Int { Int(next() % UInt64(limit)) }
}
