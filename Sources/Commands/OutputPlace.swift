import BuildPipeline
import Bytes

/// Where a command writes; never over a file that it reads.
enum OutputPlace {
    /// - Throws: `BuildError.outputIsInput` where `output` is one of `inputs`, under whatever name. Inputs that are no files don't count.
    static func check(_ output: String, isNoneOf inputs: [String?]) throws {
        let target = try FileStatus.ifPresent(output)
        for case let input? in inputs {
            if input == output { throw BuildError.outputIsInput(path: output) }
            guard let target, let source = try? FileStatus.ifPresent(input) else { continue }
            if source.device == target.device, source.inode == target.inode { throw BuildError.outputIsInput(path: output) }
        }
    }
}
