import Bytes
import Quantization

extension BatchPlan {
    /// Looks for the inputs and names the outputs: one job for each input that there is.
    ///
    /// - Parameters:
    ///   - folder: where the plan's paths start: the folder that the plan lies in.
    ///   - storedModel: the file behind the name of a model in the store.
    /// - Throws: `BatchError.invalidPlan` for inputs that are not there and outputs that take each other's place.
    public func jobs(name: String, folder: String, storedModel: (String) throws -> String) throws(BatchError) -> [BatchJob] {
        var problems: [PlanProblem] = []
        var found: [(job: BatchJob, place: PlanPlace, isFromPattern: Bool)] = []
        for entry in entries {
            for input in entry.inputs {
                do {
                    for (text, source) in try Self.sources(input.text, folder: folder, storedModel: storedModel) {
                        let job = Self.job(text, source, entry.outputs, folder: folder)
                        found.append((job, input.place, FilePattern.isPattern(input.text)))
                    }
                } catch {
                    problems.append(PlanProblem(place: input.place, message: "input '\(input.text)': \(error)"))
                }
            }
        }
        // A pattern also finds what the plan itself made the last time.
        let outputs = Set(found.flatMap { $0.job.outputs.map(\.path) })
        found.removeAll { $0.isFromPattern && outputs.contains($0.job.source) }
        problems += Self.collisions(found.map { ($0.job, $0.place) })
        guard problems.isEmpty else { throw .invalidPlan(file: name, problems.sorted { $0.place < $1.place }) }
        return found.map(\.job)
    }

    private struct Missing: Error, CustomStringConvertible { let description: String }

    /// The sources that an input names, as people know them and as they are read.
    private static func sources(
        _ text: String, folder: String, storedModel: (String) throws -> String
    ) throws -> [(text: String, source: String)] {
        let path = PathText.normalized(PathText.joined(folder, text))
        if try FileStatus.ifPresent(path) != nil { return [(PathText.normalized(text), path)] }
        if FilePattern.isPattern(text) {
            let paths = FilePattern(text).paths(in: folder).filter { isSource(PathText.joined(folder, $0)) }
            guard !paths.isEmpty else { throw Missing(description: "no GGUF file or checkpoint folder fits the pattern") }
            return paths.map { ($0, PathText.normalized(PathText.joined(folder, $0))) }
        }
        if text.lowercased().hasSuffix(".gguf") || text.hasPrefix("/") || text.hasPrefix(".") {
            throw Missing(description: "no such file or folder")
        }
        do { return [(text, try storedModel(text))] } catch {
            throw Missing(description: "neither a file nor a model of the store (\(error))")
        }
    }

    /// Whether something that a pattern found can be read: a GGUF file, of several shards only the first, or a checkpoint.
    private static func isSource(_ path: String) -> Bool {
        guard let status = try? FileStatus(path: path) else { return false }
        if status.kind == .folder { return Folder(path).hasFile("config.json") }
        guard status.kind == .regular, path.lowercased().hasSuffix(".gguf") else { return false }
        guard let shard = path.wholeMatch(of: /.*-([0-9]{5})-of-[0-9]{5}\.gguf/) else { return true }
        return shard.1 == "00001"
    }

    private static func job(_ input: String, _ source: String, _ outputs: [Output], folder: String) -> BatchJob {
        let stem = stem(of: input)
        return BatchJob(
            input: input, source: source,
            outputs: outputs.map { output in
                let settings = output.settings
                let file = NameTemplate.expand(settings.file ?? defaultFile, stem: stem, type: output.target)
                let name = PathText.normalized(PathText.joined(settings.folder ?? "", file))
                let package = settings.package.map { package in
                    OutputSettings.Package(
                        name: NameTemplate.expand(package.name, stem: stem, type: output.target),
                        modelfile: package.modelfile.map { PathText.normalized(PathText.joined(folder, $0)) })
                }
                return BatchJob.Output(
                    target: output.target, file: name, path: Self.place(of: name, in: folder),
                    imatrix: settings.imatrix.flatMap { $0.isEmpty ? nil : PathText.normalized(PathText.joined(folder, $0)) },
                    settings: settings, package: package)
            })
    }

    /// Where an output comes to lie: behind the links that have its name.
    private static func place(of name: String, in folder: String) -> String {
        let path = PathText.normalized(PathText.joined(folder, name))
        return (try? FileSystem.behindLinks(path)).map { PathText.normalized($0) } ?? path
    }

    /// What `{stem}` stands for: the input's last name without `.gguf` and the numbers of shards; of a model's name the colon
    /// becomes a hyphen.
    private static func stem(of input: String) -> String {
        var name = PathText.lastComponent(input)
        if name.lowercased().hasSuffix(".gguf") { name.removeLast(5) }
        if let shard = name.wholeMatch(of: /(.+)-[0-9]{5}-of-[0-9]{5}/) { name = String(shard.1) }
        return name.replacing(":", with: "-")
    }

    /// Outputs that would overwrite each other, an input or an importance matrix.
    private static func collisions(_ jobs: [(job: BatchJob, place: PlanPlace)]) -> [PlanProblem] {
        let sources = Dictionary(jobs.map { ($0.job.source, $0.job.input) }) { first, _ in first }
        let matrices = Set(jobs.flatMap { $0.job.outputs.compactMap(\.imatrix) })
        var writers: [String: String] = [:]
        var problems: [PlanProblem] = []
        for (job, place) in jobs {
            for output in job.outputs {
                if let input = sources[output.path] {
                    problems.append(PlanProblem(place: place, message: "output '\(output.file)' is the input '\(input)'"))
                } else if matrices.contains(output.path) {
                    problems.append(
                        PlanProblem(place: place, message: "output '\(output.file)' is an importance matrix of the plan"))
                } else if let other = writers[output.path] {
                    let who = other == job.input ? "twice from '\(other)'" : "from '\(other)' and from '\(job.input)'"
                    problems.append(
                        PlanProblem(
                            place: place,
                            message:
                                "output '\(output.file)' would be written \(who); 'file' tells outputs apart by {stem} and {type}"))
                }
                writers[output.path] = job.input
            }
        }
        return problems
    }
}

extension NameTemplate {
    fileprivate static func expand(_ text: String, stem: String, type: QuantizationTarget) -> String {
        (try? NameTemplate(text))?.name(stem: stem, type: type.name) ?? text
    }
}
