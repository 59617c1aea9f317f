public import JSONText
import ModelManifest
public import Quantization
import Tensors

/// One input and what is made of it in one reading.
public struct BatchJob: Sendable {
    /// Names the job's files among the shared state: the same in every process that reads the plan.
    public let key: String
    /// The input as people know it: a path from the plan's folder, or a model's name.
    public let input: String
    /// The file or folder that is read.
    public let source: String
    public let outputs: [Output]

    public struct Output: Sendable {
        public let target: QuantizationTarget
        /// The path from the plan's folder.
        public let file: String
        public let path: String
        /// Path of the importance matrix.
        public let imatrix: String?
        public let settings: OutputSettings
        /// The model of the store to be made of it.
        public let package: OutputSettings.Package?
    }

    init(input: String, source: String, outputs: [Output]) {
        (self.input, self.source, self.outputs) = (input, source, outputs)
        let words = [input] + outputs.map(\.file)
        let digest = Digest(of: Array(words.joined(separator: "\n").utf8)).hex
        key = Self.plainStem(input) + "-" + digest.prefix(10)
    }

    /// The beginning of a name for files, in plain letters.
    private static func plainStem(_ input: String) -> String {
        let letters = PathText.lastComponent(input).unicodeScalars.map { scalar -> Character in
            let isPlain =
                scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil || scalar == "-")
            return isPlain ? Character(scalar) : "_"
        }
        return String(letters.prefix(40))
    }

    /// The job as `--dry-run` prints it.
    public var json: JSONValue {
        [
            "key": .string(key), "input": .string(input), "source": .string(source),
            "outputs": .array(
                outputs.map { output in
                    var members: JSONObject = ["file": .string(output.file), "type": .string(output.target.name)]
                    for (key, value) in output.settings.json { members[key] = value }
                    if let imatrix = output.imatrix { members["imatrix"] = .string(imatrix) }
                    if let package = output.package { members["create"] = .string(package.name) }
                    return .object(members)
                }),
        ]
    }
}

extension OutputSettings {
    /// What decides the bytes of an output, but for its type and its importance matrix.
    var json: JSONObject {
        var members = JSONObject()
        if let tensorTypes, !tensorTypes.isEmpty {
            members["tensor-types"] = .array(tensorTypes.map { .string("\($0.pattern)=\($0.type.name)") })
        }
        if let outputTensorType { members["output-tensor-type"] = .string(outputTensorType.name) }
        if let tokenEmbeddingType { members["token-embedding-type"] = .string(tokenEmbeddingType.name) }
        if leavesOutputTensor == true { members["leave-output-tensor"] = true }
        if isPure == true { members["pure"] = true }
        if allowsRequantizing == true { members["requantize"] = true }
        if allowsNonFinite == true { members["allow-nan"] = true }
        if let prunedLayers, !prunedLayers.isEmpty {
            members["prune-layers"] = .array(prunedLayers.sorted().map { .string("\($0)") })
        }
        if let overrides, !overrides.isEmpty {
            members["override-kv"] = .array(overrides.map { .string($0.text) })
        }
        if let includedWeights { members["include-weights"] = .array(includedWeights.map { .string($0) }) }
        if let excludedWeights { members["exclude-weights"] = .array(excludedWeights.map { .string($0) }) }
        return members
    }
}
