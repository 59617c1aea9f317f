import BuildPipeline
import Bytes
import Compute
import GGUF
import JSONText
import ModelManifest
import Quantization
import Tensors

/// Does one job: reads the source once and writes every output that is not there yet.
struct JobRunner {
    let job: BatchJob
    let state: StateFolder
    let pool: ThreadPool
    let surroundings: BatchSurroundings
    /// Make everything anew, also what is there.
    let isFresh: Bool
    let events: BatchEvent.Handler

    /// What becomes of an output.
    private enum Fate {
        case failed(any Error)
        /// It is there already.
        case kept(JobRecord.Output)
        case making(PartFile, GGUFQuantization)
    }

    /// Does the job and records what became of it. Nothing that is wrong with the job is thrown, only the wish to stop.
    func run() throws -> (record: JobRecord, wasDone: Bool) {
        let start = ContinuousClock.now
        var record = JobRecord(key: job.key, input: job.input, status: .running)
        (record.host, record.process, record.started) = (Environment.hostName, Environment.processNumber, FileTime.now().seconds)
        func end(_ status: JobRecord.Status) throws -> JobRecord {
            record.status = status
            record.seconds = start.duration(to: .now) / .seconds(1)
            try state.write(record)
            return record
        }
        do {
            let earlier = isFresh ? nil : state.record(of: job.key)
            let source = try QuantizationSource(path: job.source)
            let identity = try SourceIdentity(files: source.files)
            let requests = try job.outputs.map { try request($0, identity) }
            if let earlier, isDone(earlier, requests) {
                // A kill right after the record left the journals.
                for output in job.outputs { PartFile.forget(output.path) }
                return (earlier, true)
            }
            try state.write(record)
            for warning in source.warnings { events(.warning(job, warning)) }
            record.outputs = try make(source, identity, requests, earlier)
            let ended = try end(record.outputs.allSatisfy { $0.status == .done } ? .done : .failed)
            // Only now: a kill before would leave a whole file that nobody knows of.
            for (output, result) in zip(job.outputs, ended.outputs) where !result.digest.isEmpty { PartFile.forget(output.path) }
            return (ended, false)
        } catch let error as Interrupted {
            _ = try end(.stopped)
            throw error
        } catch {
            // Without the request to stop, a failed wait is an error like any other.
            if Interruption.isRequested {
                _ = try end(.stopped)
                throw Interrupted()
            }
            record.problem = "\(error)"
            return (try end(.failed), false)
        }
    }

    /// Digest of all that decides the bytes of an output.
    private func request(_ output: BatchJob.Output, _ source: SourceIdentity) throws -> Digest {
        let imatrix = try output.imatrix.map { try SourceIdentity(files: [$0]).json }
        let value: JSONValue = [
            "format": 1, "type": .string(output.target.name), "settings": .object(output.settings.json), "source": source.json,
            "imatrix": imatrix ?? .null, "imatrix-name": .string(output.imatrix ?? ""),
        ]
        return Digest(of: value.bytes(.canonical))
    }

    private func isDone(_ record: JobRecord, _ requests: [Digest]) -> Bool {
        record.status == .done && record.outputs.count == job.outputs.count
            && zip(job.outputs, requests).allSatisfy { output, request in
                guard let recorded = recorded(output, request, in: record) else { return false }
                return recorded.package == output.package?.name
            }
    }

    /// What an earlier record says of an output that is still there and still what is asked for.
    private func recorded(_ output: BatchJob.Output, _ request: Digest, in record: JobRecord?) -> JobRecord.Output? {
        guard let found = record?.outputs.first(where: { $0.file == output.file }), found.request == request.description,
            !found.digest.isEmpty, let status = try? FileStatus(path: output.path), status.size == found.byteCount,
            status.modified.text == found.modified
        else { return nil }
        return found
    }

    private func make(
        _ source: QuantizationSource, _ identity: SourceIdentity, _ requests: [Digest], _ earlier: JobRecord?
    ) throws -> [JobRecord.Output] {
        var matrices = MatrixShelf()
        var fates: [Fate] = []
        for (output, request) in zip(job.outputs, requests) {
            fates.append(try fate(of: output, request, source, earlier, &matrices))
        }
        for text in matrices.warnings { events(.warning(job, text)) }
        let made = try quantize(fates, source)
        guard try SourceIdentity(files: source.files) == identity else { throw BatchError.sourceChanged(path: job.source) }
        return try job.outputs.indices.map { index in
            try finish(index, fates[index], made[index] ?? nil, requests[index])
        }
    }

    private func fate(
        of output: BatchJob.Output, _ request: Digest, _ source: QuantizationSource, _ earlier: JobRecord?,
        _ matrices: inout MatrixShelf
    ) throws -> Fate {
        do {
            if let recorded = recorded(output, request, in: earlier) { return .kept(recorded) }
            let matrix = try output.imatrix.map { try matrices.matrix($0) }
            let plan = try source.plan(
                to: output.target.fileType, options: output.settings.options(output.target, importance: matrix)
            ).file()
            if !isFresh, let digest = try PartFile.wholeFile(path: output.path, plan: plan, request: request) {
                return .kept(try self.output(output, plan, digest, request, kept: plan.types.count))
            }
            if isFresh { PartFile.forget(output.path) }
            return .making(try PartFile(path: output.path, plan: plan, request: request), plan)
        } catch let error as Interrupted {
            throw error
        } catch {
            return .failed(error)
        }
    }

    /// Writes all outputs that are to be made; what went wrong with each comes back by its position.
    private func quantize(_ fates: [Fate], _ source: QuantizationSource) throws -> [Int: (any Error)?] {
        var (positions, files, plans) = ([Int](), [PartFile](), [GGUFQuantization]())
        for (position, fate) in fates.enumerated() {
            guard case .making(let file, let plan) = fate else { continue }
            positions.append(position)
            files.append(file)
            plans.append(plan)
        }
        guard !files.isEmpty else { return [:] }
        defer { for file in files { file.settle() } }
        let kept = fates.map { fate in
            switch fate {
            case .failed: 0
            case .kept(let output): output.tensorsMade + output.tensorsKept
            case .making(let file, _): file.finishedTensors
            }
        }
        let shared = SharedQuantization(plans)
        events(.jobStarted(job, .init(tensorCount: shared.tensorCount, kept: kept, byteCount: source.tensorByteCount)))
        let failures = try shared.write(on: pool, to: files) { progress in
            events(
                .tensor(
                    job,
                    .init(
                        tensor: progress.tensor, done: progress.tensorsDone, count: progress.tensorCount,
                        outputs: progress.files.map { positions[$0] }, bytesDone: progress.bytesDone, byteCount: progress.byteCount)
                ))
            try Interruption.check()
        } warning: {
            events(.warning(job, $0))
        }
        return Dictionary(uniqueKeysWithValues: zip(positions, failures))
    }

    /// Gives a finished output its name, makes a model of it where one is wanted, and says what became of it.
    private func finish(_ index: Int, _ fate: Fate, _ failure: (any Error)?, _ request: Digest) throws -> JobRecord.Output {
        let output = job.outputs[index]
        var result = JobRecord.Output(
            file: output.file, type: output.target.name, status: .failed, request: request.description)
        do {
            switch fate {
            case .failed(let error): throw error
            case .kept(let kept): result = kept
            case .making(let file, let plan):
                if let failure { throw failure }
                result = try self.output(output, plan, try file.commit(), request, kept: file.finishedTensors)
            }
            result.status = .failed
            if let package = output.package { try create(package, from: output, &result) }
            result.status = .done
        } catch let error as Interrupted {
            throw error
        } catch { result.problem = "\(error)" }
        return result
    }

    private func output(
        _ output: BatchJob.Output, _ plan: GGUFQuantization, _ digest: Digest, _ request: Digest, kept: Int
    ) throws -> JobRecord.Output {
        var result = JobRecord.Output(file: output.file, type: output.target.name, status: .done, request: request.description)
        result.digest = digest.hex
        result.byteCount = plan.totalByteCount
        result.parameterCount = plan.layout.tensors.reduce(0) { $0 + $1.tensor.shape.elementCount }
        result.modified = try FileStatus(path: output.path).modified.text
        (result.tensorsMade, result.tensorsKept) = (plan.types.count - kept, kept)
        return result
    }

    private func create(
        _ package: OutputSettings.Package, from output: BatchJob.Output, _ result: inout JobRecord.Output
    ) throws {
        if result.package == package.name, result.packageDigest != nil { return }
        let request = try PackageRequest(package, weights: output.path).buildRequest()
        result.packageDigest = try surroundings.create(request).description
        result.package = package.name
    }
}

/// Importance matrices by path, each read once.
private struct MatrixShelf {
    private var matrices: [String: ImportanceMatrix] = [:]
    private(set) var warnings: [String] = []

    mutating func matrix(_ path: String) throws -> ImportanceMatrix {
        if let known = matrices[path] { return known }
        let matrix = try ImportanceMatrix(path: path)
        if let warning = matrix.unseenWarning { warnings.append(warning) }
        matrices[path] = matrix
        return matrix
    }
}
