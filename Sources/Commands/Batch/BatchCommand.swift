import ArgumentParser
import Batch
import Bytes
import Compute
import JSONText
import ModelService
import ModelStore

struct BatchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "batch", abstract: "Quantize many models, several types from one reading",
        discussion: """
            A plan says which inputs become which outputs; Documentation/Batch.md has every key:

              defaults: {folder: out, outputs: [Q4_K_M, Q8_0]}
              jobs:
                - input: models/*-f16.gguf
                - input: ./Qwen2.5-0.5B
                  imatrix: qwen.imatrix
                  outputs: [Q4_K_M, {type: IQ2_XXS, create: "qwen:iq2"}]

            What was finished when a batch was stopped or killed is not made again. Processes and machines that work on one plan
            share PLAN.state/ and stay out of each other's way.

            EXAMPLES
              quern batch plan.yaml --dry-run              say what would be done
              quern batch plan.yaml                        do it, or go on with it
              quern batch plan.yaml --shard 0/4            the first of four shares
              quern batch plan.yaml --status               how far all of them are
              quern batch plan.yaml --slurm -- --partition=cpu --cpus-per-task=8
              quern batch plan.yaml --emit kubernetes --image registry/quern:1 > job.yaml

            Exit codes: 0 all is done, 1 a job failed, 2 a command line or a plan that makes no sense.
            """)

    @Argument(help: "The plan, YAML or JSON.") var plan: String
    @Flag(help: "Print the jobs as JSON and stop.") var dryRun = false
    @Option(help: ArgumentHelp("Work on one share of the jobs only: 0/4 to 3/4.", valueName: "i/n")) var shard: String?
    @Option(help: ArgumentHelp("Jobs at a time; they share the threads.", valueName: "count")) var jobs = 1
    @Option(help: ArgumentHelp("Threads; all that the process may use if not given.", valueName: "count")) var threads: Int?
    @Option(help: ArgumentHelp("The folder of the shared state; PLAN.state if not given.", valueName: "folder")) var state: String?
    @Flag(help: "Make everything anew, also what is there.") var fresh = false
    @Flag(
        inversion: .prefixedNo,
        help: "Stay until jobs of other processes are done, and take over what they leave; with --slurm, until the array is.")
    var wait: Bool?
    @Flag(help: "Print how far all processes are, and stop.") var status = false
    @Flag(help: "With --status: also keep it in the shared state.") var saveSummary = false
    @OptionGroup(title: "Clusters") var cluster: ClusterOptions
    @Argument(parsing: .postTerminator, help: "Options for sbatch, behind '--'.") var sbatchOptions: [String] = []
    @OptionGroup var answer: FormatOption
    @OptionGroup var progress: ProgressOptions

    func validate() throws {
        guard (threads ?? 1) >= 1, (threads ?? 1) <= 1024 else { throw ValidationError("threads must be from 1 to 1024") }
        guard (1...256).contains(jobs) else { throw ValidationError("jobs must be from 1 to 256") }
        if let shard { do { _ = try Shard(parsing: shard) } catch { throw ValidationError("\(error)") } }
    }

    func run() throws {
        let all = try readPlan()
        let shard = try shard.map { try Shard(parsing: $0) } ?? .whole
        let mine = shard.jobs(of: all)
        if dryRun { return try Console.putLine(JSONValue.array(mine.map(\.json)).text(.pretty)) }
        if let engine = cluster.emit { return try emit(engine, jobCount: all.count) }
        if status {
            let summary = BatchSummary.reading(mine, from: stateFolder)
            if saveSummary { try save(summary, shard) }
            return try tell(summary)
        }
        if cluster.slurm { return try submit(all) }
        try work(on: mine, shard)
    }

    var stateFolder: StateFolder { state.map(StateFolder.init) ?? .beside(plan: plan) }

    /// The plan's jobs; what is wrong with it is told in lines of their own.
    private func readPlan() throws -> [BatchJob] {
        do { return try PlanReading(path: plan).jobs() } catch BatchError.invalidPlan(let file, let problems) {
            for problem in problems { Console.note("\(file):\(problem)") }
            throw AlreadyReported(exitCode: 2)
        }
    }

    private func work(on jobs: [BatchJob], _ shard: Shard) throws {
        let display = BatchDisplay(progress.progress, quiet: progress.quiet, jobCount: jobs.count)
        defer { display.finish() }
        let surroundings = BatchSurroundings { try LocalModels.onHost().create($0).digest }
        var run = BatchRun(
            jobs, state: stateFolder, threads: threads ?? ThreadPool.defaultThreadCount(), surroundings: surroundings,
            events: display.handler)
        (run.jobsAtOnce, run.isFresh, run.waitsForOthers) = (self.jobs, fresh, wait ?? true)
        let start = ContinuousClock.now
        let records = try run.run()
        display.finish()
        let summary = BatchSummary(records: records, seconds: start.duration(to: .now) / .seconds(1))
        try save(summary, shard)
        if progress.progress == .json { Console.note((["event": "summary", "summary": summary.json] as JSONValue).text()) }
        try tell(summary)
    }

    private func save(_ summary: BatchSummary, _ shard: Shard) throws {
        let name = shard == .whole ? "summary.json" : "summary-\(shard.index)-of-\(shard.count).json"
        try stateFolder.write(summary.json.bytes(.pretty) + [UInt8(ascii: "\n")], to: name)
    }

    /// Prints a summary.
    ///
    /// - Throws: `AlreadyReported` where a job failed, or is not done although it must be.
    func tell(_ summary: BatchSummary, mustBeDone: Bool = false) throws {
        if answer.format == .json {
            try Console.putLine(summary.json.text(.pretty))
        } else if !progress.quiet {
            try Console.put(BatchTable(summary: summary).text)
        }
        let isMissing = mustBeDone && summary.count(.done) < summary.records.count
        if summary.count(.failed) > 0 || isMissing { throw AlreadyReported() }
    }
}

/// Reads a plan's text and looks for its inputs.
struct PlanReading {
    private static let byteLimit = 1 << 22

    let path: String

    func jobs() throws -> [BatchJob] {
        let text = String(decoding: try OpenFile.stream(path, limit: Self.byteLimit), as: UTF8.self)
        let folder = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? ""
        return try BatchPlan(parsing: text, name: path).jobs(name: path, folder: folder) { name in
            try LocalModels().inputPath(name)
        }
    }
}
