import ArgumentParser
import Batch
import Bytes

/// Engines that a plan can be written for.
enum ClusterEngine: String, ExpressibleByArgument, CaseIterable {
    case slurm, kubernetes
}

/// How a plan is handed to a cluster engine.
struct ClusterOptions: ParsableArguments {
    @Flag(help: "Submit the plan as a Slurm array; what follows '--' goes to sbatch.") var slurm = false
    @Option(help: ArgumentHelp("Print the plan for a cluster engine: slurm or kubernetes.", valueName: "engine"))
    var emit: ClusterEngine?
    @Option(help: ArgumentHelp("Shares that the jobs are dealt out to; one for each job if not given.", valueName: "count"))
    var shards: Int?
    @Option(help: ArgumentHelp("The program as the cluster's machines find it.", valueName: "path")) var program: String?
    @Option(help: ArgumentHelp("Kubernetes: the image that holds quern.", valueName: "image")) var image: String?
    @Option(help: ArgumentHelp("Kubernetes: the claim of the volume with plan, inputs and outputs.", valueName: "name"))
    var claim = "quern"
    @Option(help: ArgumentHelp("Kubernetes: where the volume is mounted; the plan's path starts there.", valueName: "folder"))
    var mount = "/work"
    @Option(help: ArgumentHelp("Kubernetes: the namespace.", valueName: "name")) var namespace: String?
    @Option(help: ArgumentHelp("Kubernetes: pods at a time; all if not given.", valueName: "count")) var parallelism: Int?
    @Option(help: ArgumentHelp("Kubernetes: memory of each pod.", valueName: "quantity")) var memory = "1Gi"

    func validate() throws {
        if let shards, !(1...1_000_000).contains(shards) { throw ValidationError("shards must be from 1 to 1000000") }
        if let parallelism, parallelism < 1 { throw ValidationError("parallelism must be at least 1") }
        if slurm, emit != nil { throw ValidationError("--slurm submits and --emit prints; one of them") }
        if emit == .kubernetes, image == nil { throw ValidationError("--emit kubernetes needs --image") }
        if !mount.hasPrefix("/") { throw ValidationError("--mount must be an absolute path") }
    }
}

extension BatchCommand {
    /// Shares for so many jobs.
    private func shardCount(_ jobCount: Int) -> Int { cluster.shards ?? min(max(jobCount, 1), ClusterPlan.mostShards) }

    /// Prints the plan for the engine that was asked for.
    func emit(_ engine: ClusterEngine, jobCount: Int) throws {
        switch engine {
        case .slurm: try Console.put(slurmScript(jobCount: jobCount).text)
        case .kubernetes:
            var plan = ClusterPlan(
                program: cluster.program ?? "quern", plan: onVolume(self.plan), folder: cluster.mount,
                shards: shardCount(jobCount))
            plan.state = state.map(onVolume)
            plan.jobsAtOnce = jobs
            let place = KubernetesJob.Place(
                image: cluster.image ?? "", claim: cluster.claim, mount: cluster.mount, namespace: cluster.namespace,
                processors: threads ?? 4, memory: cluster.memory)
            try Console.put(KubernetesJob(plan, on: place, parallelism: cluster.parallelism ?? plan.shards).text)
        }
    }

    /// Where a path of this machine lies on the volume; an absolute path is taken to be the volume's own.
    private func onVolume(_ path: String) -> String {
        path.hasPrefix("/") ? path : cluster.mount + (cluster.mount.hasSuffix("/") ? "" : "/") + path
    }

    private func slurmScript(jobCount: Int) throws -> SlurmScript {
        var plan = ClusterPlan(
            program: try cluster.program ?? Environment.programPath(), plan: try FileSystem.absolute(self.plan),
            folder: try FileSystem.absolute("."), shards: shardCount(jobCount))
        plan.state = try state.map { try FileSystem.absolute($0) }
        plan.jobsAtOnce = jobs
        plan.threads = threads
        return SlurmScript(plan, logs: try FileSystem.absolute(stateFolder.path))
    }

    /// Submits the array, and a step behind it that writes the summary.
    func submit(_ jobs: [BatchJob]) throws {
        let script = try slurmScript(jobCount: jobs.count)
        try stateFolder.prepare()
        let array = try sbatch(script.text, named: "slurm-array.sh", ["--array=\(script.range)"] + sbatchOptions)
        let summary = try sbatch(script.summaryText, named: "slurm-summary.sh", ["--dependency=afterany:\(array)"] + partition)
        if answer.format == .json {
            try Console.putLine("{\"job\":\"\(array)\",\"array\":\"\(script.range)\",\"summary\":\"\(summary)\"}")
        } else {
            try Console.putLine("submitted job \(array), array \(script.range); summary by job \(summary)")
        }
        guard wait ?? false else { return }
        try waitForEnd(of: summary)
        try tell(BatchSummary.reading(jobs, from: stateFolder), mustBeDone: true)
    }

    /// Options of the array that decide where the summary may run too.
    private var partition: [String] {
        let wanted = ["--partition", "--account", "--qos", "--reservation", "--clusters", "-p", "-A", "-q", "-M"]
        return sbatchOptions.indices.flatMap { index -> [String] in
            let option = sbatchOptions[index]
            if wanted.contains(where: { $0.hasPrefix("--") && option.hasPrefix($0 + "=") }) { return [option] }
            guard wanted.contains(option), index + 1 < sbatchOptions.count else { return [] }
            return [option, sbatchOptions[index + 1]]
        }
    }

    private func sbatch(_ script: String, named name: String, _ options: [String]) throws -> String {
        try stateFolder.write(Array(script.utf8), to: name)
        let result = try ChildProgram.run(["sbatch", "--parsable"] + options + [Folder(stateFolder.path).path(of: name)])
        // The number, and behind a semicolon the cluster's name where there are several.
        let number = String(decoding: result.output, as: UTF8.self).prefix { $0.isNumber }
        guard result.status == 0, !number.isEmpty else {
            throw ClusterFailure(description: "sbatch refused the plan (exit status \(result.status))")
        }
        return String(number)
    }

    private func waitForEnd(of job: String) throws {
        while true {
            try Interruption.check()
            let result = try ChildProgram.run(["squeue", "--noheader", "--jobs=\(job)", "--format=%T", "--states=all"])
            let states = String(decoding: result.output, as: UTF8.self).split(separator: "\n")
            // A controller that does not answer is asked again; a job that it has forgotten is over.
            let isOver = states.allSatisfy {
                !["PENDING", "RUNNING", "COMPLETING", "CONFIGURING", "SUSPENDED", "REQUEUED"].contains($0)
            }
            if result.status == 0, isOver { return }
            Pause.milliseconds(500)
        }
    }
}

/// A cluster engine did not do what it was asked to; it said why itself, on standard error.
struct ClusterFailure: Error, CustomStringConvertible { let description: String }
